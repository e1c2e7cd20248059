import { beginAnew } from './_anew.js'
import type { ChatCommand } from './_types.js'

export default {
  summary: 'Begins the conversation anew',
  args: '[message]',
  access: 'admin',
  run: (call) => beginAnew(call, 'reset'),
} satisfies ChatCommand
