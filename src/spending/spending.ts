import type { Config } from '../../schemas/config/index.js'
import type { Usage } from '../../schemas/message.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import type { SpendingStore } from '../storage/types.js'
import {
  type Account,
  type AccountKind,
  accountKinds,
  accountsOf,
  keyOf,
  type Limit,
  limitOf,
  type Spender,
} from './budgets.js'
import { type Day, dayAt } from './day.js'

export interface SpendingOptions {
  readonly store: SpendingStore
  readonly clock: Clock
  readonly log: Logger
  readonly config: () => Config
}

/** An account today. */
export interface AccountRow extends Account, Sum {
  readonly limit: Limit | undefined
  readonly exceeded: boolean
}

interface Sum {
  calls: number
  input: number
  output: number
  /** US dollars. */
  usd: number
}

/** What was counted is on disk within this time. */
const flushMs = 1_000
/** Accounts of one kind in a day; there is one more for those beyond. */
const mostNames = 2_000
const others = '(others)'

/**
 * What model calls of this day have cost, and whether there may be another. Counting is cheap, for each call does it;
 * a crash forgets at most the last second.
 */
export class Spending {
  readonly #options: SpendingOptions
  #day: Day | undefined
  #loading: Promise<void> | undefined
  #loaded = false
  #sums = new Map<string, Account & Sum>()
  /** Accounts of each kind. */
  #counts = new Map<AccountKind, number>()
  /** What is not on disk yet. */
  #fresh = new Map<string, Account & Sum>()
  #cancel: (() => void) | undefined
  #flushing: Promise<void> = Promise.resolve()
  readonly #told = new Set<string>()

  constructor(options: SpendingOptions) {
    this.#options = options
  }

  /** Throws `budget_exceeded` when an account has nothing left. A promise only while today's sums are not read yet. */
  check(spender: Spender): void | Promise<void> {
    if (!this.#options.config().budgets) return undefined
    this.#today()
    return this.#loaded ? this.#judge(spender) : this.#load().then(() => this.#judge(spender))
  }

  /** Counts one model call; `usd` undefined: its model has no price. */
  add(spender: Spender, usage: Usage | undefined, usd: number | undefined): void {
    if (!usage) return
    this.#today()
    const spent = { calls: 1, input: usage.input, output: usage.output, usd: usd ?? 0 }
    for (const account of accountsOf(spender)) {
      const key = this.#keyOf(account)
      const named = key.endsWith(others) ? { ...account, name: others } : account
      if (!this.#sums.has(key)) this.#counts.set(account.kind, this.#named(account.kind) + 1)
      count(this.#sums, key, named, spent)
      count(this.#fresh, key, named, spent)
    }
    this.#cancel ??= this.#options.clock.after(flushMs, () => void this.flush())
  }

  /** The accounts of today, the total first; of each kind the biggest first. */
  async today(): Promise<{ readonly day: Day; readonly rows: readonly AccountRow[] }> {
    const day = this.#today()
    await this.#load()
    const config = this.#options.config()
    const rows = [...this.#sums.values()].map((sum) => {
      const limit = limitOf(config, sum)
      return { ...sum, limit, exceeded: limit !== undefined && isOver(sum, limit) }
    })
    const size = ({ input, output }: AccountRow) => input + output
    const rank = ({ kind }: AccountRow) => accountKinds.indexOf(kind)
    return { day, rows: rows.sort((a, b) => rank(a) - rank(b) || b.usd - a.usd || size(b) - size(a)) }
  }

  /** Writes what was counted. Never rejects. */
  flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const { store, log } = this.#options
    const rows = [...this.#fresh.values()]
    const date = this.#day?.date
    this.#fresh = new Map()
    if (date !== undefined && rows.length > 0) {
      this.#flushing = this.#flushing
        .then(() => store.add(date, rows))
        .catch((err: unknown) => log.error({ err }, 'what was spent could not be written'))
    }
    return this.#flushing
  }

  #judge(spender: Spender): void {
    const config = this.#options.config()
    for (const account of accountsOf(spender)) {
      const limit = limitOf(config, account)
      const sum = this.#sums.get(this.#keyOf(account))
      if (!limit || !isOver(sum ?? nothing, limit)) continue
      throw this.#refusal(account, sum ?? nothing, limit)
    }
  }

  #refusal(account: Account, sum: Sum, limit: Limit): GatewayError {
    const { config, clock, log } = this.#options
    const key = keyOf(config(), account)
    const { date, endsAt } = this.#today()
    const whose = account.kind === 'total' ? 'the gateway' : `${account.kind} ${account.name}`.trim()
    const message = `The budget of ${whose} for ${date} is used up: ${words(sum, limit)}. Raise ${key}, or wait until ${new Date(endsAt).toISOString()}.`
    if (!this.#told.has(key)) log.warn({ key, account: account.name, date }, message)
    this.#told.add(key)
    return new GatewayError('budget_exceeded', {
      message,
      details: { budget: key, resetsAt: endsAt },
      retryAfterMs: Math.max(endsAt - clock.now(), 0),
      // Asking again at once is of no use.
      started: true,
    })
  }

  #keyOf({ kind, name }: Account): string {
    const key = `${kind} ${name}`
    if (kind === 'total' || kind === 'automation' || this.#sums.has(key) || this.#named(kind) < mostNames) return key
    // Whoever has a limit of his own is counted on his own.
    const own = this.#options.config().budgets?.[`${kind}s`]
    return own && Object.hasOwn(own, name) ? key : `${kind} ${others}`
  }

  #named(kind: AccountKind): number {
    return this.#counts.get(kind) ?? 0
  }

  #today(): Day {
    const { clock, config } = this.#options
    const now = clock.now()
    if (this.#day && now < this.#day.endsAt && now >= this.#day.endsAt - 2 * 86_400_000) return this.#day
    const day = dayAt(now, config().agents?.defaults?.userTimezone)
    if (day.date !== this.#day?.date) {
      void this.flush()
      this.#sums = new Map()
      this.#counts = new Map()
      this.#told.clear()
      this.#loaded = false
      this.#loading = undefined
    }
    this.#day = day
    return day
  }

  /** What an earlier start has counted today. */
  #load(): Promise<void> {
    const { date } = this.#today()
    this.#loading ??= this.flush()
      .then(() => this.#options.store.of(date))
      .then((rows) => {
        if (this.#day?.date !== date) return
        const fresh = this.#fresh
        this.#sums = new Map()
        for (const { kind, name, ...sum } of rows) count(this.#sums, `${kind} ${name}`, { kind, name } as Account, sum)
        for (const [key, { kind, name, ...sum }] of fresh) count(this.#sums, key, { kind, name }, sum)
        this.#counts = new Map()
        for (const { kind } of this.#sums.values()) this.#counts.set(kind, this.#named(kind) + 1)
        this.#loaded = true
      })
      .catch((error: unknown) => {
        this.#loading = undefined
        throw error
      })
    return this.#loading
  }
}

const nothing: Sum = { calls: 0, input: 0, output: 0, usd: 0 }

function count(into: Map<string, Account & Sum>, key: string, account: Account, { calls, input, output, usd }: Sum) {
  const sum = into.get(key)
  if (!sum) {
    into.set(key, { kind: account.kind, name: account.name, calls, input, output, usd })
    return
  }
  sum.calls += calls
  sum.input += input
  sum.output += output
  sum.usd += usd
}

function isOver({ input, output, usd }: Sum, limit: Limit): boolean {
  return (limit.usd !== undefined && usd >= limit.usd) || (limit.tokens !== undefined && input + output >= limit.tokens)
}

function words({ input, output, usd }: Sum, limit: Limit): string {
  const parts = []
  if (limit.usd !== undefined) parts.push(`$${usd.toFixed(2)} of $${limit.usd.toFixed(2)}`)
  if (limit.tokens !== undefined) parts.push(`${input + output} of ${limit.tokens} tokens`)
  return parts.join(', ')
}
