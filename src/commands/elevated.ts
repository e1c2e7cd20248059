import { levelCommand } from './_level.js'

export default levelCommand({
  summary: 'Whether commands leave the sandbox; ask: each after an approval',
  aliases: ['elev'],
  setting: 'elevatedLevel',
  label: 'Elevated',
  levels: ['off', 'on', 'ask', 'full'],
  usual: ({ services, session }) => services.elevatedDefault(session.agent) ?? 'ask where a command wants out',
  // Also back to `off`: who may not leave must not lift what somebody else has set.
  refusal: ({ services, session, caller, channel }) => services.elevatedRefusal(session.agent, caller, channel),
})
