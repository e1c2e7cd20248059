import { Type } from '../../schemas/type.js'
import { statusCard } from './_sessions/status-card.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'sessions',
  label: 'Session status',
  summary: 'How a session stands: time now, model, tokens, cost. model: sets its model ("default" clears).',
  params: Type.Object({
    sessionKey: Type.Optional(Type.String({ description: 'Default: this session' })),
    model: Type.Optional(Type.String({ description: '<provider>/<model>' })),
  }),
  rare: true,
  async run({ gateway, config, clock }, { sessionKey, model }) {
    if (model !== undefined) await gateway.sessions.setModel({ sessionKey }, model === 'default' ? null : model)
    const status = await gateway.sessions.status({ sessionKey })
    const timeZone = config.agents?.defaults?.userTimezone
    return said(statusCard(status, clock.now(), timeZone), { ...status, now: clock.now() })
  },
})
