import { defineCommand } from '../../define.js'
import { act, actOptions } from '../../message/act.js'

export default defineCommand({
  summary: 'message.delete.summary',
  options: actOptions,
  examples: [{ command: 'message delete --channel telegram --target 42 --message-id 42:101' }],
  async run(context, _args, flags) {
    return act(context, flags, { action: 'delete', done: 'message.deleted' })
  },
})
