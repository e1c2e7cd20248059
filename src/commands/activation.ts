import { kindOf } from '../sessions/canonical.js'
import type { ChatCommand } from './_types.js'

export default {
  summary: 'When the agent answers in this group',
  args: 'mention|always',
  access: 'owner',
  async run({ args, session, row, services }) {
    if (kindOf(session.key) !== 'group') return 'This is no group: every message is answered.'
    const word = args.toLowerCase()
    if (word === '') return `Activation: ${row?.entry.groupActivation ?? 'as the channel says'}.`
    if (word !== 'mention' && word !== 'always') return 'Say: /activation mention|always'
    await services.sessions.edit.patch({ key: session.key }, { groupActivation: word })
    return `Activation is ${word} in this group.`
  },
} satisfies ChatCommand
