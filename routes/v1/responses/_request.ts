import type { TurnHeaders } from '../../../schemas/http/headers.js'
import type { ResponseRequest } from '../../../schemas/http/responses.js'
import { selectAgent } from '../../../src/agents/select.js'
import type { RunRequest } from '../../../src/agents/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { ImageLimits } from '../../../src/models/image.js'
import type { ModelMessage, Sampling } from '../../../src/models/types.js'
import type { KeyRules } from '../../../src/sessions/canonical.js'
import { httpSessionKey } from '../../../src/sessions/key.js'
import { readTools } from '../chat/_tools.js'
import { readInput } from './_input.js'

export interface ResponseCall {
  readonly run: Omit<RunRequest, 'signal'>
  /** What the caller sent anew: instructions and earlier turns left out. */
  readonly fresh: readonly ModelMessage[]
}

/** Fields that would change the answer and that nothing here honours. */
const refused = ['conversation', 'prompt'] as const

/**
 * Turns a validated request into one call of the engine. `known` is the conversation of `previous_response_id`. Throws
 * `GatewayError` with the `param` at fault.
 */
export function readResponseCall(
  body: ResponseRequest,
  headers: TurnHeaders,
  rules: KeyRules,
  limits: ImageLimits,
  known: readonly ModelMessage[] = [],
): ResponseCall {
  refuse(body)
  const agent = selectAgent(rules.roster, body.model, headers['x-openclaw-agent-id'])
  const sessionKey = httpSessionKey({ rules, agent, header: headers['x-openclaw-session-key'], user: body.user })
  if (sessionKey !== undefined && body.previous_response_id) {
    const message = 'A session keeps its own history. Send either `previous_response_id` or a session, not both.'
    throw new GatewayError('invalid_request', { message, param: 'previous_response_id' })
  }
  const { tools, choice } = readTools({ messages: [], tools: chatTools(body), tool_choice: chatChoice(body) })
  const fresh = readInput(body.input, known, limits)
  const instructions: ModelMessage[] = body.instructions
    ? [{ role: 'system', content: [{ type: 'text', text: body.instructions }] }]
    : []
  const modelOverride = headers['x-openclaw-model']
  const channel = headers['x-openclaw-message-channel']
  return {
    fresh,
    run: {
      agent,
      input: [...instructions, ...known, ...fresh],
      clientTools: tools,
      sampling: readSampling(body),
      stream: body.stream === true,
      origin: 'http',
      ...(sessionKey === undefined ? {} : { sessionKey }),
      ...(choice === undefined ? {} : { toolChoice: choice }),
      ...(modelOverride === undefined ? {} : { modelOverride }),
      ...(channel === undefined ? {} : { channel }),
    },
  }
}

function refuse(body: ResponseRequest): void {
  const sent: Record<string, unknown> = body
  for (const field of refused) {
    if (sent[field] === undefined || sent[field] === null) continue
    throw new GatewayError('unsupported_parameter', {
      message: `\`${field}\` is not supported. Remove it.`,
      param: field,
    })
  }
  if (body.background === true && body.store === false) {
    const message = 'A background response is read later, so it must be stored. Leave `store` out.'
    throw new GatewayError('invalid_request', { message, param: 'store' })
  }
}

/** The two APIs spell tools differently; one reader checks both. */
function chatTools({ tools }: ResponseRequest) {
  return tools?.map(({ type, name, description, parameters, strict }, index) => {
    if (type === 'function' && name === undefined) {
      throw new GatewayError('invalid_request', {
        message: 'A function tool needs a name.',
        param: `tools[${index}].name`,
      })
    }
    return { type, function: { name: name ?? '', description, parameters, strict } }
  })
}

function chatChoice({ tool_choice: choice }: ResponseRequest) {
  return typeof choice === 'object' && choice ? { type: 'function' as const, function: { name: choice.name } } : choice
}

function readSampling(body: ResponseRequest): Sampling {
  const format = body.text?.format
  const { max_output_tokens: maxTokens, temperature, top_p: topP, parallel_tool_calls: parallel } = body
  return {
    ...(maxTokens != null && { maxTokens }),
    ...(temperature != null && { temperature }),
    ...(topP != null && { topP }),
    ...(parallel != null && { parallelToolCalls: parallel }),
    ...(body.reasoning?.effort && { reasoningEffort: body.reasoning.effort }),
    ...(format && format.type !== 'text' && { responseFormat: formatOf(format) }),
  }
}

type Format = NonNullable<NonNullable<NonNullable<ResponseRequest['text']>['format']>>

function formatOf({ type, name, schema, strict }: Format): Record<string, unknown> {
  if (type !== 'json_schema') return { type }
  if (!name || !schema) {
    const param = `text.format.${name ? 'schema' : 'name'}`
    throw new GatewayError('invalid_request', { message: `\`${param}\` is required.`, param })
  }
  return { type, json_schema: { name, schema, ...(strict != null && { strict }) } }
}
