import type { ChatCommand } from './_types.js'

export default {
  summary: 'Shortens what the model reads of this session',
  args: '[what to keep in mind]',
  access: 'admin',
  run: ({ args, session, services }) => services.compact(session, args),
} satisfies ChatCommand
