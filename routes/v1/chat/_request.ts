import { randomUUID } from 'node:crypto'
import type { ChatCompletionRequest } from '../../../schemas/http/chat-completions.js'
import type { TurnHeaders } from '../../../schemas/http/headers.js'
import type { RunCaller } from '../../../src/agents/caller.js'
import { selectAgent } from '../../../src/agents/select.js'
import type { RunRequest } from '../../../src/agents/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { StopSignal } from '../../../src/kernel/stop.js'
import type { ImageLimits } from '../../../src/models/image.js'
import type { Sampling } from '../../../src/models/types.js'
import type { KeyRules } from '../../../src/sessions/canonical.js'
import { httpSessionKey } from '../../../src/sessions/key.js'
import { wantsTools } from '../../_tool-events.js'
import { readMessages } from './_messages.js'
import { readTools } from './_tools.js'

export interface ChatCall {
  readonly run: RunRequest
  /** What the answer calls the model: the caller's own words. */
  readonly model: string
  readonly choices: number
  readonly includeUsage: boolean
  /** The caller sees the tool calls that the gateway runs itself. */
  readonly showTools: boolean
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

export interface ChatCallInput {
  readonly body: ChatCompletionRequest
  readonly headers: TurnHeaders
  readonly rules: KeyRules
  readonly limits?: ImageLimits
  readonly caller?: RunCaller
  readonly signal: StopSignal
}

/** Turns a validated request into one call of the engine. Throws `GatewayError` with the `param` at fault. */
export function readChatCall({ body, headers, rules, limits, caller, signal }: ChatCallInput): ChatCall {
  refuseUnsupported(body)
  const agent = selectAgent(rules.roster, body.model, headers['x-openclaw-agent-id'])
  const stream = body.stream === true
  if (body.stream_options && !stream) throw invalid('`stream_options` needs `stream: true`.', 'stream_options')
  const sessionKey =
    httpSessionKey({ rules, agent, header: headers['x-openclaw-session-key'], user: body.user }) ??
    (body.store === true ? `agent:${agent}:openai:${randomUUID()}` : undefined)
  const choices = body.n ?? 1
  if (choices > 1 && sessionKey !== undefined) {
    throw new GatewayError('unsupported_value', {
      message: 'A session has one answer per turn; `n` must be 1.',
      param: 'n',
    })
  }
  const { tools, choice, legacy } = readTools(body)
  return {
    model: body.model ?? 'openclaw',
    choices,
    includeUsage: body.stream_options?.include_usage === true,
    showTools: wantsTools({ headers }),
    legacyFunctions: legacy,
    run: {
      agent,
      sessionKey,
      input: readMessages(body.messages, limits),
      clientTools: tools,
      toolChoice: choice,
      sampling: readSampling(body),
      modelOverride: headers['x-openclaw-model'],
      stream,
      origin: 'http',
      channel: headers['x-openclaw-message-channel'],
      caller,
      signal,
    },
  }
}

/** In OpenAI's API null means "not set". */
function readSampling(body: ChatCompletionRequest): Sampling {
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop
  const format = body.response_format
  if (format?.type === 'json_schema' && !format.json_schema) {
    throw invalid('`response_format.json_schema` is required.', 'response_format.json_schema')
  }
  return {
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    seed: body.seed ?? undefined,
    stop: stop ?? undefined,
    reasoningEffort: body.reasoning_effort ?? undefined,
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
    responseFormat: format && format.type !== 'text' ? (format as Record<string, unknown>) : undefined,
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
