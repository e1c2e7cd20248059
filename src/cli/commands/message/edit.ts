import { defineCommand } from '../../define.js'
import { act, actOptions } from '../../message/act.js'
import { needs } from '../../message/options.js'

export default defineCommand({
  summary: 'message.edit.summary',
  options: {
    ...actOptions,
    message: { kind: 'text', short: 'm', value: 'text', text: 'message.option.newText' },
  },
  examples: [{ command: 'message edit --channel telegram --target 42 --message-id 42:101 --message "Hello again"' }],
  async run(context, _args, { message, ...flags }) {
    const params = { message: needs(context, 'message edit', '--message', message) }
    return act(context, flags, { action: 'edit', params, done: 'message.edited' })
  },
})
