/** What one account has spent in a day. */
export interface Spent {
  /** `total`, `automation`, `agent`, `caller`, `job`. */
  readonly kind: string
  readonly name: string
  readonly calls: number
  /** Tokens. */
  readonly input: number
  readonly output: number
  /** US dollars. */
  readonly usd: number
}

export interface SpendingStore {
  /** Adds to what the accounts have spent on this day, `YYYY-MM-DD`. */
  add(date: string, rows: readonly Spent[]): Promise<void>
  of(date: string): Promise<Spent[]>
}
