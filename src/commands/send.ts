import type { ChatCommand } from './_types.js'

export default {
  summary: 'Whether this session takes messages',
  args: 'on|off|inherit',
  access: 'owner',
  async run({ args, session, row, services }) {
    const policies = { on: 'allow', off: 'deny', inherit: null } as const
    const word = args.toLowerCase()
    if (word === '') return `Send policy: ${row?.entry.sendPolicy ?? 'inherit'}.`
    if (!Object.hasOwn(policies, word)) return 'Say: /send on|off|inherit'
    await services.sessions.edit.patch({ key: session.key }, { sendPolicy: policies[word as keyof typeof policies] })
    return `Send policy is ${word} in this session.`
  },
} satisfies ChatCommand
