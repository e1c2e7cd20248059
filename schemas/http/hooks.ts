import { longestTimerSeconds, stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { named, ref } from './named.js'
import { RpcFailure } from './rpc.js'

/** When the main session looks at what it is told. */
export const wakeModes = ['now', 'next-heartbeat'] as const

const Text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })
const idempotencyKey = Type.Optional(
  Text(256, 'A repeated call with the same key and body starts nothing more and gets the first answer.'),
)
const agentId = Type.Optional(Text(64, 'Agent; the default one when absent. `hooks.allowedAgentIds` may limit it.'))
const sessionKey = Type.Optional(
  Text(512, 'Session. Only with `hooks.allowRequestSessionKey`, within `hooks.allowedSessionKeyPrefixes`.'),
)

/** spec/runtime.md section 7. */
export const HookWakeRequest = named(
  'HookWakeRequest',
  Type.Object(
    {
      text: Text(20_000, 'What the agent is told.'),
      mode: Type.Optional(stringEnum(wakeModes, { description: 'When it looks at it. Default: now.' })),
      agentId,
      sessionKey,
      idempotencyKey,
    },
    { description: 'Words for the main session of an agent.' },
  ),
)
export type HookWakeRequest = Static<typeof HookWakeRequest>

export const HookAgentRequest = named(
  'HookAgentRequest',
  Type.Object(
    {
      message: Text(200_000, 'What the agent is told; marked as text of strangers.'),
      name: Type.Optional(Text(100, 'Name of the hook in prompts and summaries.')),
      agentId,
      sessionKey,
      sessionMode: Type.Optional(
        stringEnum(['isolated', 'persistent'], {
          description: 'isolated: a conversation of its own. Default: persistent where a session is named.',
        }),
      ),
      wakeMode: Type.Optional(
        stringEnum(wakeModes, { description: 'When the main session looks at the summary. Default: now.' }),
      ),
      deliver: Type.Optional(
        Type.Boolean({ description: 'Write the answer to the chat of `channel` and `to`. Default: true.' }),
      ),
      channel: Type.Optional(Text(50, 'Channel of the answer, or `last`: where the agent was spoken to last.')),
      to: Type.Optional(Text(2_000, 'Recipient of the answer.')),
      accountId: Type.Optional(Text(100, 'Account of the channel.')),
      threadId: Type.Optional(Text(100, 'Thread or topic.')),
      model: Type.Optional(Text(200, '`<provider>/<model>` in place of the agent’s own.')),
      thinking: Type.Optional(Text(40, 'How hard the model thinks.')),
      timeoutSeconds: Type.Optional(
        Type.Integer({ minimum: 0, maximum: longestTimerSeconds, description: 'Longest turn; 0: no limit.' }),
      ),
      idempotencyKey,
    },
    { description: 'A turn of an agent.' },
  ),
)
export type HookAgentRequest = Static<typeof HookAgentRequest>

const { message, name, sessionKey: session, wakeMode, deliver, channel, to } = HookAgentRequest.properties
const { model, thinking, timeoutSeconds } = HookAgentRequest.properties
const { text } = HookWakeRequest.properties

/** What a transform may say in place of its mapping. */
export const HookTransformResult = Type.Object({
  ...{ message: Type.Optional(message), text: Type.Optional(text), name, sessionKey: session, wakeMode, deliver },
  ...{ channel, to, model, thinking, timeoutSeconds },
})
export type HookTransformResult = Static<typeof HookTransformResult>

export const HookPayload = named(
  'HookPayload',
  Type.Object({}, { additionalProperties: true, description: 'Whatever the sender sends: any JSON object.' }),
)

export const HookWakeAnswer = named(
  'HookWakeAnswer',
  Type.Object({ ok: Type.Literal(true), mode: stringEnum(wakeModes) }),
)
export type HookWakeAnswer = Static<typeof HookWakeAnswer>

export const HookAgentAnswer = named(
  'HookAgentAnswer',
  Type.Object({
    ok: Type.Literal(true),
    runId: Type.String({ description: 'Names the run in the log and in events; it is on disk.' }),
  }),
)
export type HookAgentAnswer = Static<typeof HookAgentAnswer>

export const HookChallengeAnswer = named(
  'HookChallengeAnswer',
  Type.Object({ challenge: Type.String({ description: 'What Slack sent to see that the address is right.' }) }),
)
export type HookChallengeAnswer = Static<typeof HookChallengeAnswer>

export const HookHeaders = Type.Object({
  'x-openclaw-token': Type.Optional(
    Type.String({ description: '`hooks.token`, in place of `Authorization: Bearer`.' }),
  ),
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, description: 'The same as `idempotencyKey`.' }),
  ),
})

const failure = (description: string) => ({ description, content: { 'application/json': { schema: ref(RpcFailure) } } })

/** The failures of every hook. */
export const hookErrors = {
  400: failure('The body is not valid, or a token stands in the URL.'),
  401: failure('No or a wrong token, or a wrong signature.'),
  404: failure('Hooks are off, or no mapping is for this call.'),
  408: failure('The body did not arrive within 30 s.'),
  413: failure('The body is larger than `hooks.maxBodyBytes`.'),
  415: failure('The body is not JSON.'),
  422: failure('The idempotency key was used with another body.'),
  429: failure('Too many wrong tokens or signatures.'),
  500: failure('A transform of yours failed, or the gateway.'),
  503: failure('Too many hooks wait, or the gateway is starting or stopping.'),
}
