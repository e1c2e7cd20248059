import { defineCommand } from '../../define.js'
import { act, actOptions } from '../../message/act.js'

export default defineCommand({
  summary: 'message.pin.summary',
  options: actOptions,
  examples: [{ command: 'message pin --channel telegram --target 42 --message-id 42:101' }],
  run: (context, _args, flags) => act(context, flags, { action: 'pin', done: 'message.pinned' }),
})
