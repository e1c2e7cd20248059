import { defineCommand } from '../../define.js'
import { listMessages, listOptions } from '../../message/list.js'

export default defineCommand({
  summary: 'message.pins.summary',
  options: listOptions,
  examples: [{ command: 'message pins --channel slack --target channel:C1' }],
  run: (context, _args, flags) => listMessages(context, flags, { action: 'pins' }),
})
