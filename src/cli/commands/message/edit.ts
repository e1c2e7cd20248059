import { defineCommand } from '../../define.js'
import { act } from '../../message/act.js'
import { lastOptions, messageIdOption, needs, placeOptions } from '../../message/options.js'

export default defineCommand({
  summary: 'message.edit.summary',
  options: {
    ...placeOptions,
    ...messageIdOption,
    message: { kind: 'text', short: 'm', value: 'text', text: 'message.option.newText' },
    ...lastOptions,
  },
  examples: [{ command: 'message edit --channel telegram --target 42 --message-id 42:101 --message "Hello again"' }],
  async run(context, _args, { message, ...flags }) {
    const params = { message: needs(context, 'message edit', '--message', message) }
    return act(context, flags, { action: 'edit', params, done: 'message.edited' })
  },
})
