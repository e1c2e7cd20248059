/** One measured figure against its baseline of the same run. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly ours: number
  /** Absent where the budget is a number of its own. */
  readonly baseline?: number
  /** What is compared with the limit: a ratio, or the figure itself. */
  readonly value: number
  readonly limit: { readonly atMost: number } | { readonly atLeast: number }
}

export interface BenchContext {
  /** Folder of the built files. */
  readonly dist: string
  /** A folder that is removed afterwards. */
  readonly scratch: string
  /** False: fewer repetitions, for a quick look. */
  readonly thorough: boolean
  log(line: string): void
}

/** Default export of every file of bench/cases. */
export type BenchCase = (context: BenchContext) => Promise<readonly Figure[]>

export function keeps({ value, limit }: Figure): boolean {
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
