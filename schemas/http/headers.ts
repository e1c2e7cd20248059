import { type Static, Type } from '../type.js'

/** Request headers of the model endpoints (spec/http.md section 4). */
export const TurnHeaders = Type.Object({
  'x-openclaw-agent-id': Type.Optional(Type.String({ description: 'Selects the agent, in place of `model`.' })),
  'x-openclaw-session-key': Type.Optional(
    Type.String({ description: 'Continues this session. A bare key belongs to the selected agent.' }),
  ),
  'x-openclaw-model': Type.Optional(
    Type.String({ description: '`<provider>/<model>` in place of the agent’s own. Needs operator.admin.' }),
  ),
  'x-openclaw-message-channel': Type.Optional(
    Type.String({ pattern: '^[a-z0-9_-]{1,64}$', description: 'Channel that the turn counts for.' }),
  ),
})
export type TurnHeaders = Static<typeof TurnHeaders>
