import type { Config } from '../../../schemas/config/index.js'

/** How the conversations of a gateway stay within the window of their model (spec/runtime.md section 3.4). */
export interface ContextSettings {
  readonly reserveTokens: number
  readonly keepTokens: number
  readonly keepTurns: number
  readonly timeoutMs: number
  /** What summaries must hold besides. */
  readonly instructions: string | undefined
  /** Undefined: there is no turn for notes before. */
  readonly flush: FlushSettings | undefined
  /** Undefined: old tool results stay as they are. */
  readonly pruning: PruningSettings | undefined
}

export interface FlushSettings {
  /** Tokens of the window that must be free for it. */
  readonly roomTokens: number
  readonly prompt: string | undefined
  readonly systemPrompt: string | undefined
}

export interface PruningSettings {
  readonly keepAnswers: number
  readonly trimShare: number
  readonly clearShare: number
  readonly maxChars: number
  readonly headChars: number
  readonly tailChars: number
  /** Undefined: results are shortened and never left out. */
  readonly placeholder: string | undefined
}

export function contextSettings({ agents }: Config): ContextSettings {
  const { compaction = {}, contextPruning = {} } = agents?.defaults ?? {}
  const { memoryFlush: flush = {} } = compaction
  const { softTrim = {}, hardClear = {} } = contextPruning
  return {
    reserveTokens: compaction.reserveTokens ?? 20_000,
    keepTokens: compaction.keepRecentTokens ?? 20_000,
    keepTurns: compaction.recentTurnsPreserve ?? 3,
    timeoutMs: (compaction.timeoutSeconds ?? 180) * 1000,
    instructions: compaction.customInstructions,
    flush:
      flush.enabled === false
        ? undefined
        : {
            roomTokens: flush.softThresholdTokens ?? 4_000,
            prompt: flush.prompt,
            systemPrompt: flush.systemPrompt,
          },
    pruning:
      contextPruning.mode === 'off'
        ? undefined
        : {
            keepAnswers: contextPruning.keepLastAssistants ?? 3,
            trimShare: contextPruning.softTrimRatio ?? 0.3,
            clearShare: contextPruning.hardClearRatio ?? 0.5,
            maxChars: softTrim.maxChars ?? 4_000,
            headChars: softTrim.headChars ?? 1_500,
            tailChars: softTrim.tailChars ?? 1_500,
            placeholder: hardClear.enabled === false ? undefined : (hardClear.placeholder ?? leftOut),
          },
  }
}

const leftOut = '[This old result was left out. Call the tool again if you need it.]'

/** Tokens that a prompt may take up before the conversation is summed up. */
export function roomIn(window: number, { reserveTokens }: ContextSettings): number {
  return window - Math.min(reserveTokens, Math.floor(window / 4))
}
