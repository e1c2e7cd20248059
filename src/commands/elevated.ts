import { levelCommand } from './_level.js'

export default levelCommand({
  summary: 'Whether commands leave the sandbox; ask: each after an approval',
  aliases: ['elev'],
  setting: 'elevatedLevel',
  label: 'Elevated',
  levels: ['off', 'on', 'ask', 'full'],
  usual: 'off',
  refusal: ({ services, session, caller, channel }, level) =>
    level === 'off' ? '' : services.elevatedRefusal(session.agent, caller, channel),
})
