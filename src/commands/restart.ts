import type { ChatCommand } from './_types.js'

export default {
  summary: 'Restarts the gateway',
  args: '[reason]',
  access: 'owner',
  flag: 'restart',
  async run({ args, session, caller, services }) {
    const reason = args === '' ? 'asked to in the chat' : args.slice(0, 500)
    const ms = await services.restart(session, caller, reason)
    return `The gateway restarts in ${ms / 1000} s. Turns that run then get their time to end.`
  },
} satisfies ChatCommand
