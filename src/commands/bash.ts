import type { ChatCommand } from './_types.js'

export default {
  summary: 'Runs a command where the exec tool of this session would',
  args: '<command>',
  access: 'owner',
  flag: 'bash',
  run({ args, session, services }) {
    if (args === '') return 'Say: /bash <command>'
    return services.shell(session, args)
  },
} satisfies ChatCommand
