import type { ContentPart, ModelMessage, Replay, ToolCall, Usage } from '../../schemas/message.js'
import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { CliThreads } from './cli-threads.js'
import type { Price } from './price.js'
import type { Program } from './program-types.js'

/**
 * The contract between the engine and a model API (DESIGN.md section 4b). A provider translates `ModelRequest` to its
 * wire and the wire back to `ModelEvent`s. It keeps no conversation and knows no agent.
 */
export type { ContentPart, ModelMessage, Replay, ToolCall, Usage }

export interface ModelTool {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly strict?: boolean
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** Sampling parameters; an absent field leaves the model's own default. */
export interface Sampling {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly reasoningEffort?: string
  readonly parallelToolCalls?: boolean
  /** `{type:'text'|'json_object'}` or `{type:'json_schema', json_schema:{name, schema, strict}}`. */
  readonly responseFormat?: Readonly<Record<string, unknown>>
}

/** What an OpenAI-compatible upstream does differently. An absent key is decided by the host (spec/config.md section 11.1). */
export interface ModelCompat {
  /** Name of the output limit on the wire. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** False: `developer` messages are sent as `system`. */
  readonly supportsDeveloperRole?: boolean
  /** False: `stream_options.include_usage` is not asked for. */
  readonly supportsUsageInStreaming?: boolean
  readonly supportsReasoningEffort?: boolean
  /** False: `strict` is left out of tool definitions. */
  readonly supportsStrictMode?: boolean
  /** True: parts of the prompt are marked for the provider's cache where it wants to be told (anthropic-messages). */
  readonly supportsPromptCache?: boolean
}

/** A configured model, ready to be called. `ref` is `<provider>/<id>`. */
export interface ResolvedModel {
  readonly ref: string
  readonly provider: string
  readonly id: string
  /** Name of the file under src/providers that speaks to it. */
  readonly api: string
  readonly baseUrl: string
  /** Names whose key it is called with, in what is remembered of failures (account.ts). */
  readonly account: string
  readonly apiKey: string | undefined
  /** True: the key is sent as `Authorization: Bearer`, also where the API has a header of its own for it. */
  readonly bearer?: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Accepted input kinds, e.g. `['text','image']`. */
  readonly input: readonly string[]
  /** Tokens. */
  readonly contextWindow: number | undefined
  /** Tokens. */
  readonly maxTokens: number | undefined
  /** Longest silence of the upstream before the call counts as timed out. */
  readonly idleTimeoutMs: number
  /** Longest silence before its first output while another model could answer instead. */
  readonly patienceMs: number
  readonly price?: Price | undefined
  readonly compat?: ModelCompat
  /** What is started where a program answers (api `cli-backend`). */
  readonly program?: Program
  /** More fields for the upstream's request body; what the request itself says wins. */
  readonly params?: Readonly<Record<string, unknown>>
}

export interface ModelRequest {
  readonly model: ResolvedModel
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly ModelTool[]
  readonly toolChoice?: ToolChoice
  readonly sampling: Sampling
  /** False when nobody reads the deltas: the provider may ask its upstream for one whole answer, which is cheaper. */
  readonly stream: boolean
  /** Absent: nobody else could answer, so the provider is as patient as it ever is. */
  readonly patience?: Patience
  /** Undefined for a turn that stands alone. Only providers that keep a conversation elsewhere care. */
  readonly sessionKey?: string | undefined
}

/** How long a provider may take when another model could answer instead. Milliseconds. */
export interface Patience {
  /** Further attempts begin no later than this after the first. */
  readonly retryMs: number
  /** Longest silence before the first output. */
  readonly silenceMs: number
}

export type FailureClass =
  | 'auth'
  | 'rate_limit'
  | 'overloaded'
  | 'timeout'
  | 'server'
  | 'billing'
  | 'not_found'
  | 'overflow'
  | 'format'
  | 'refusal'
  | 'cut'
  | 'aborted'

export interface ModelFailure {
  readonly class: FailureClass
  /** For the log and the operator; secrets are already removed. */
  readonly message: string
  /** The upstream's own words without secrets and addresses; callers see them when the request itself was at fault. */
  readonly said?: string
  /** Our own sentence for the caller, where the usual one of its class would not help. Without secrets. */
  readonly told?: string
  readonly status?: number
  readonly retryAfterMs?: number
  /** JSON path that the upstream blamed. */
  readonly param?: string
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/**
 * What a model call gives on its way to its `ModelFinal`, in any order. Deltas may join what the upstream sent in one
 * network read, and never split a surrogate pair. The first `tool_call` of an index carries `id` and `name`; `delta` is
 * a piece of the arguments, possibly empty.
 */
export type ModelEvent =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'refusal'; readonly delta: string }
  | { readonly type: 'reasoning'; readonly delta: string }
  | {
      readonly type: 'tool_call'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly delta: string
    }
  | { readonly type: 'usage'; readonly usage: Usage }

/** How a model call ended. Nothing comes after it. */
export type ModelFinal =
  | { readonly type: 'done'; readonly reason: FinishReason; readonly replay?: Replay | undefined }
  | { readonly type: 'error'; readonly failure: ModelFailure }

export interface EmbeddingRequest {
  readonly model: ResolvedModel
  readonly input: readonly string[]
  readonly dimensions?: number
}

export interface EmbeddingResult {
  readonly vectors: readonly (readonly number[])[]
  /** Tokens. */
  readonly inputTokens: number
}

/** Takes one event. Gives a promise only while its reader is slower than the model. */
export type ModelEmit = (event: ModelEvent) => void | Promise<void>

export interface ModelProvider {
  /**
   * One model call. Never throws and never rejects: every failure, an abort too, is an `error` end. A promise that
   * `emit` gives is waited for before the next event, and the upstream with it; `emit` itself must not fail.
   */
  call(request: ModelRequest, signal: StopSignal, emit: ModelEmit): Promise<ModelFinal>
  /** Absent when the API has no embeddings. Throws `GatewayError`. */
  embed?(request: EmbeddingRequest, signal: StopSignal): Promise<EmbeddingResult>
  /** Closes its upstream connections. */
  close?(): Promise<void>
}

/** What a provider is made with. Time and chance are parameters, so that tests hold them. */
export interface ProviderContext {
  readonly log: Logger
  readonly clock: Clock
  /** 0 <= x < 1; spreads retries. */
  readonly random: () => number
  /** Absent: no program may be started. */
  readonly programs?: ProgramHost
}

/** What programs need of this gateway. */
export interface ProgramHost {
  /** What they inherit, before anything is taken from it. */
  readonly env: () => Readonly<Record<string, string | undefined>>
  /** Home of the gateway's user, for `~` in paths. */
  readonly home: string
  /** Where they run, each in a folder of its own; absolute. */
  readonly folder: string
  readonly threads: Pick<CliThreads, 'open'>
}

/** Default export of every file under src/providers whose name is an `api` value of the config. */
export type ProviderFactory = (context: ProviderContext) => ModelProvider
