import { randomUUID } from 'node:crypto'
import type { ChatCompletionRequest } from '../../../schemas/http/chat-completions.js'
import type { TurnHeaders } from '../../../schemas/http/headers.js'
import { type AgentRoster, selectAgent } from '../../../src/agents/select.js'
import type { RunRequest } from '../../../src/agents/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { Sampling } from '../../../src/models/types.js'
import { httpSessionKey } from '../../../src/sessions/key.js'
import type { ImageLimits } from './_images.js'
import { readMessages } from './_messages.js'
import { readTools } from './_tools.js'

export interface ChatCall {
  readonly run: Omit<RunRequest, 'signal'>
  /** What the answer calls the model: the caller's own words. */
  readonly model: string
  readonly choices: number
  readonly includeUsage: boolean
  /** The answer has `function_call` in place of `tool_calls`. */
  readonly legacyFunctions: boolean
}

/** Options that would change the answer and that nothing here honours; silence would be a lie. */
const refused: readonly { readonly field: string; readonly asked: (value: unknown) => boolean }[] = [
  { field: 'logprobs', asked: (value) => value === true },
  { field: 'top_logprobs', asked: (value) => typeof value === 'number' && value > 0 },
  { field: 'logit_bias', asked: (value) => typeof value === 'object' && Object.keys(value ?? {}).length > 0 },
  { field: 'audio', asked: () => true },
  { field: 'modalities', asked: (value) => !Array.isArray(value) || value.some((word) => word !== 'text') },
  { field: 'web_search_options', asked: () => true },
]

/** Turns a validated request into one call of the engine. Throws `GatewayError` with the `param` at fault. */
export function readChatCall(
  body: ChatCompletionRequest,
  headers: TurnHeaders,
  roster: AgentRoster,
  limits?: ImageLimits,
): ChatCall {
  refuseUnsupported(body)
  const agent = selectAgent(roster, body.model, headers['x-openclaw-agent-id'])
  const stream = body.stream === true
  if (body.stream_options && !stream) throw invalid('`stream_options` needs `stream: true`.', 'stream_options')
  const sessionKey =
    httpSessionKey({ agent, header: headers['x-openclaw-session-key'], user: body.user }) ??
    (body.store === true ? `agent:${agent}:openai:${randomUUID()}` : undefined)
  const choices = body.n ?? 1
  if (choices > 1 && sessionKey !== undefined) {
    throw new GatewayError('unsupported_value', {
      message: 'A session has one answer per turn; `n` must be 1.',
      param: 'n',
    })
  }
  const { tools, choice, legacy } = readTools(body)
  const modelOverride = headers['x-openclaw-model']
  const channel = headers['x-openclaw-message-channel']
  return {
    model: body.model ?? 'openclaw',
    choices,
    includeUsage: body.stream_options?.include_usage === true,
    legacyFunctions: legacy,
    run: {
      agent,
      input: readMessages(body.messages, limits),
      clientTools: tools,
      sampling: readSampling(body),
      stream,
      origin: 'http',
      ...(sessionKey === undefined ? {} : { sessionKey }),
      ...(choice === undefined ? {} : { toolChoice: choice }),
      ...(modelOverride === undefined ? {} : { modelOverride }),
      ...(channel === undefined ? {} : { channel }),
    },
  }
}

function readSampling(body: ChatCompletionRequest): Sampling {
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop
  const format = body.response_format
  if (format?.type === 'json_schema' && !format.json_schema) {
    throw invalid('`response_format.json_schema` is required.', 'response_format.json_schema')
  }
  return present({
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    seed: body.seed,
    stop,
    reasoningEffort: body.reasoning_effort,
    parallelToolCalls: body.parallel_tool_calls,
    responseFormat: format && format.type !== 'text' ? (format as Record<string, unknown>) : undefined,
  })
}

/** Drops what is null or undefined: in OpenAI's API both mean "not set". */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

function refuseUnsupported(body: ChatCompletionRequest): void {
  const sent: Record<string, unknown> = body
  for (const { field, asked } of refused) {
    const value = sent[field]
    if (value === undefined || value === null || !asked(value)) continue
    throw new GatewayError('unsupported_parameter', {
      message: `\`${field}\` is not supported. Remove it.`,
      param: field,
    })
  }
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', { message, param })
}
