import type { SessionEntry } from '../../schemas/session.js'
import type { GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type {
  FinishReason,
  ModelMessage,
  ModelTool,
  Replay,
  Sampling,
  ToolCall,
  ToolChoice,
  Usage,
} from '../models/types.js'
import type { ToolResult } from '../tools/_types.js'
import type { RunCaller, RunOrigin } from './caller.js'

export type { RunCaller, RunOrigin } from './caller.js'

/** Settings of a session that its turns go by. */
export type TurnSettings = Pick<
  SessionEntry,
  | 'elevatedLevel'
  | 'execHost'
  | 'execSecurity'
  | 'execAsk'
  | 'execNode'
  | 'verboseLevel'
  | 'reasoningLevel'
  | 'responseUsage'
>

/** One turn, from whichever door (DESIGN.md section 4b). */
export interface RunRequest {
  readonly agent: string
  /** The id of a run that the store has accepted. Default: a new one. */
  readonly runId?: string
  /** Milliseconds; 0 is no limit. Default: that of the config. */
  readonly timeoutMs?: number
  /** Absent: the turn stands alone, waits in no lane and leaves no transcript. */
  readonly sessionKey?: string
  /**
   * The conversation as the caller sees it. With a session, messages that the transcript already holds are recognised
   * and not repeated.
   */
  readonly input: readonly ModelMessage[]
  readonly clientTools: readonly ModelTool[]
  readonly toolChoice?: ToolChoice
  readonly sampling: Sampling
  /** `<provider>/<model>` in place of the agent's own. */
  readonly modelOverride?: string
  /** How hard the model thinks. Default: as its session says. */
  readonly thinkingLevel?: string
  /** In place of what its session says. */
  readonly settings?: TurnSettings
  /** False when only the end is wanted; see `ModelRequest.stream`. */
  readonly stream: boolean
  readonly origin: RunOrigin
  readonly channel?: string
  /** On whose behalf it runs; nobody's when absent, who may do least. */
  readonly caller?: RunCaller
  /** Turns that may wait before this one is refused. Default: as the config says. */
  readonly maxWaiting?: number
  /** Asked when its place has come: what else is said in this turn. */
  readonly gather?: (signal: StopSignal) => Promise<Gathered>
  /** Of the workspace the model is shown the checklist of heartbeats alone. */
  readonly lightContext?: boolean
  /** False: the agent has no tools of its own in this turn. */
  readonly tools?: false
  readonly signal: StopSignal
}

/** A message as the run that it came as. */
export interface SaidByRun {
  readonly runId: string
  readonly message: ModelMessage
}

/** Messages of runs that waited and are answered by another. */
export interface Gathered {
  /** Said before the input of the turn, and after it. */
  readonly before: readonly SaidByRun[]
  readonly after: readonly SaidByRun[]
  /** The runs that end with this one. */
  readonly joins: readonly string[]
}

export interface RunResult {
  /** All that was said, also before and between the gateway's own tool calls. */
  readonly text: string
  readonly refusal: string | null
  readonly reasoning: string
  /** Calls of the caller's own tools. */
  readonly toolCalls: readonly ToolCall[]
  /** To be kept with the tool calls and sent back with them. */
  readonly replay?: Replay | undefined
  readonly finish: FinishReason
  readonly usage: Usage
  /** Milliseconds spent waiting for the model. */
  readonly modelMs: number
}

/** What a turn tells on its way: `start`, then any of the others. How it ends is its `RunFinal`. */
export type RunEvent =
  | { readonly type: 'start'; readonly runId: string; readonly model: string; readonly promptBytes: number }
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
  /** The gateway runs a tool of its own: begun, an unfinished result, done. `tool_call` is only for the caller's tools. */
  | { readonly type: 'tool_start'; readonly callId: string; readonly name: string; readonly args: unknown }
  | { readonly type: 'tool_update'; readonly callId: string; readonly name: string; readonly partial: ToolResult }
  | {
      readonly type: 'tool_result'
      readonly callId: string
      readonly name: string
      readonly result: ToolResult
      readonly durationMs: number
    }
  | { readonly type: 'notice'; readonly text: string }
  /** The conversation is summed up because it grew too long. */
  | { readonly type: 'compaction'; readonly phase: 'start' }
  | ({ readonly type: 'compaction'; readonly phase: 'end' } & CompactionEnd)
  | { readonly type: 'usage'; readonly usage: Usage }

export interface CompactionEnd {
  /** False: it did not work, and the conversation is as it was. */
  readonly completed: boolean
  /** The model is asked again what it could not take before. */
  readonly willRetry: boolean
  /** Size of the prompt, in tokens. */
  readonly tokensBefore: number
  readonly tokensAfter?: number
}

/** The last word of a turn. `end` comes only after everything that the turn changed is on disk. */
export type RunFinal =
  | {
      readonly type: 'end'
      readonly result: RunResult
      /** What the turn adds to the conversation: calls, their results, the last answer. */
      readonly messages: readonly ModelMessage[]
    }
  | { readonly type: 'error'; readonly error: GatewayError; readonly partial: string }
  | { readonly type: 'aborted'; readonly partial: string }

/**
 * Takes one event of a turn; must not fail. A promise that it gives holds back the model: for readers that are slower.
 */
export type RunEmit = (event: RunEvent) => void | Promise<void>
