import { type DiagnosisCode, diagnoses, type Outcome, type StageName } from './codes.js'

/** What one stage found. */
export interface Stage {
  readonly stage: StageName
  readonly outcome: Outcome
  readonly code: DiagnosisCode
  /** What happened, in English. */
  readonly message: string
  /** What to do about it, in English; undefined when there is nothing to do. */
  readonly next: string | undefined
  /** What the two texts are filled with; for other languages. Holds no secret. */
  readonly values: Readonly<Record<string, string>>
  readonly elapsedMs: number
}

/** How long a stage may take, and who ends it before; then what it says is not heard. */
export interface Limits {
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** How a stage says what it found. */
export type Says = (code: DiagnosisCode, values?: Readonly<Record<string, string | number>>) => Stage

/** Begins a stage; its time runs until it says something. */
export function beginStage(stage: StageName): Says {
  const started = performance.now()
  return (code, given = {}) => {
    const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
    const { outcome, what, next } = diagnoses[code]
    const message = fill(what, values)
    const elapsedMs = Math.round(performance.now() - started)
    return { stage, outcome, code, message, next: next === '' ? undefined : fill(next, values), values, elapsedMs }
  }
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
}

/** The code of a system error, `ECONNREFUSED` and the like. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.name : '?'
}
