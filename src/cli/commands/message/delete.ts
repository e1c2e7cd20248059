import { defineCommand } from '../../define.js'
import { act } from '../../message/act.js'
import { lastOptions, messageIdOption, placeOptions } from '../../message/options.js'

export default defineCommand({
  summary: 'message.delete.summary',
  options: { ...placeOptions, ...messageIdOption, ...lastOptions },
  examples: [{ command: 'message delete --channel telegram --target 42 --message-id 42:101' }],
  async run(context, _args, flags) {
    return act(context, flags, { action: 'delete', done: 'message.deleted' })
  },
})
