import { beginAnew } from './_anew.js'
import type { ChatCommand } from './_types.js'

export default {
  summary: 'Begins the conversation anew; what stands behind it is the first message',
  args: '[model] [message]',
  access: 'admin',
  run: (call) => beginAnew(call, 'new'),
} satisfies ChatCommand
