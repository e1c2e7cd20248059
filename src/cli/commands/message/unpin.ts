import { defineCommand } from '../../define.js'
import { act, actOptions } from '../../message/act.js'

export default defineCommand({
  summary: 'message.unpin.summary',
  options: actOptions,
  examples: [{ command: 'message unpin --channel telegram --target 42 --message-id 42:101' }],
  run: (context, _args, flags) => act(context, flags, { action: 'unpin', done: 'message.unpinned' }),
})
