import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'

const agent = {
  'x-openclaw-agent-id': Type.Optional(Type.String({ description: 'Selects the agent, in place of `model`.' })),
  'x-openclaw-model': Type.Optional(
    Type.String({ description: '`<provider>/<model>` in place of the agent’s own. Needs operator.admin.' }),
  ),
}

/** Request headers of endpoints that ask an agent’s model without a turn (spec/http.md section 4). */
export const AgentHeaders = Type.Object(agent)

const toolEvents = Type.Optional(
  stringEnum(['true', 'false'], {
    description:
      '`true`: tool calls that the gateway runs itself are shown: as `x_openclaw_tool` in chat completions, as items of ' +
      'type `mcp_call` in responses.',
  }),
)

export const idempotencyKey = Type.Optional(
  Type.String({
    description:
      'Makes the call safe to repeat: the same key with the same body is done once and answered the same, for five minutes.',
  }),
)

/** Request headers of endpoints that run a turn (spec/http.md section 4). */
export const TurnHeaders = Type.Object({
  ...agent,
  'x-openclaw-session-key': Type.Optional(
    Type.String({ description: 'Continues this session. A bare key belongs to the selected agent.' }),
  ),
  'idempotency-key': idempotencyKey,
  'x-openclaw-tool-events': toolEvents,
  'x-openclaw-message-channel': Type.Optional(
    Type.String({ pattern: '^[a-z0-9_-]{1,64}$', description: 'Channel that the turn counts for.' }),
  ),
})
export type TurnHeaders = Static<typeof TurnHeaders>

/** Response headers of a turn, for the OpenAPI document. */
export const turnAnswerHeaders = {
  'x-openclaw-session-key': Type.String({ description: 'The session that the turn belongs to, URI-encoded.' }),
  'x-prompt-bytes': Type.String({ description: 'Size of the system prompt and tools that were sent to the model.' }),
  'openai-processing-ms': Type.String({ description: 'Time in the gateway, the model included. JSON answers only.' }),
  'x-gateway-overhead-ms': Type.String({ description: 'Time in the gateway without the model. JSON answers only.' }),
}
