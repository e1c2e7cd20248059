import type { ModelTool, ResolvedModel, ToolCall } from '../models/types.js'
import type { ToolOutcome } from '../tools/_registry/call.js'
import type { ToolResult } from '../tools/_types.js'
import type { RunCaller, RunOrigin } from './caller.js'
import type { TurnSettings } from './types.js'

/** What the tools of a turn depend on. */
export interface TurnFacts {
  readonly agent: string
  /** Undefined for a turn that stands alone. */
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly origin: RunOrigin
  readonly channel: string | undefined
  readonly caller: RunCaller
  readonly model: ResolvedModel
  /** What is set on the session. */
  readonly settings?: TurnSettings | undefined
}

/** The tools of one gateway, as turns see them. */
export interface TurnToolbox {
  /**
   * What the policy lets this turn use. Nothing is opened before the first call. Undefined when there is nothing.
   */
  offer(facts: TurnFacts): Promise<TurnTools | undefined>
}

/** The tools of one turn. */
export interface TurnTools {
  /** As the model is told of them, in a stable order; the same value for the same circumstances. */
  readonly definitions: readonly ModelTool[]
  /** Bytes of the definitions in a prompt. */
  readonly bytes: number
  /** True when notes can be written into the workspace, and nobody else reads along. */
  takesNotes?(): Promise<boolean>
  /** Changes nothing: may run beside others of the same answer. */
  isReadOnly(call: ToolCall): boolean
  /** What the call is shown as: a call through `more_tools` as the tool that it means. */
  shown(call: ToolCall): ShownCall
  /** Runs one call. Never rejects; whatever went wrong is in the outcome, in words for the model. */
  run(call: ToolCall, signal: AbortSignal, progress: (partial: ToolResult) => void): Promise<ToolOutcome>
}

export interface ShownCall {
  readonly name: string
  /** Parsed where that is possible, else the text as the model wrote it. */
  readonly args: unknown
}
