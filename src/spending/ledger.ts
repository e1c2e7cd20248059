import type { AccountKind } from '../../schemas/spending.js'
import type { Spent } from '../storage/types.js'
import type { Account } from './budgets.js'

export interface Sum {
  calls: number
  /** Tokens. */
  input: number
  output: number
  /** US dollars. */
  usd: number
}

/** Sums by account. */
export class Ledger {
  readonly #sums = new Map<AccountKind, Map<string, Sum>>()

  get({ kind, name }: Account): Sum | undefined {
    return this.#sums.get(kind)?.get(name)
  }

  /** Accounts of one kind. */
  names(kind: AccountKind): number {
    return this.#sums.get(kind)?.size ?? 0
  }

  add({ kind, name }: Account, { calls, input, output, usd }: Readonly<Sum>): void {
    let ofKind = this.#sums.get(kind)
    if (!ofKind) {
      ofKind = new Map()
      this.#sums.set(kind, ofKind)
    }
    const sum = ofKind.get(name)
    if (!sum) ofKind.set(name, { calls, input, output, usd })
    else {
      sum.calls += calls
      sum.input += input
      sum.output += output
      sum.usd += usd
    }
  }

  addAll(rows: readonly (Account & Readonly<Sum>)[]): void {
    for (const row of rows) this.add(row, row)
  }

  rows(): (Account & Sum)[] {
    return [...this.#sums].flatMap(([kind, sums]) => [...sums].map(([name, sum]) => ({ kind, name, ...sum })))
  }
}

/** What the store keeps; it knows no kinds. */
export const accountOf = (spent: Spent) => spent as Account & Spent
