import type { Config } from '../../schemas/config/index.js'
import type { Usage } from '../../schemas/message.js'
import { accountKinds } from '../../schemas/spending.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import type { SpendingStore } from '../storage/types.js'
import { type Account, accountsOf, hasOwnLimit, keyOf, type Limit, limitOf, type Spender } from './budgets.js'
import { type Day, dayAt } from './day.js'
import { accountOf, Ledger, type Sum } from './ledger.js'

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
  #sums = new Ledger()
  /** What is not on disk yet. */
  #fresh = new Ledger()
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
    for (const given of accountsOf(spender)) {
      const account = this.#counted(given)
      this.#sums.add(account, spent)
      this.#fresh.add(account, spent)
    }
    this.#cancel ??= this.#options.clock.after(flushMs, () => void this.flush())
  }

  /** The accounts of today, the total first; of each kind the biggest first. */
  async today(): Promise<{ readonly day: Day; readonly rows: readonly AccountRow[] }> {
    const day = this.#today()
    await this.#load()
    const config = this.#options.config()
    const rows = this.#sums.rows().map((sum) => {
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
    const rows = this.#fresh.rows()
    const date = this.#day?.date
    this.#fresh = new Ledger()
    if (date !== undefined && rows.length > 0) {
      this.#flushing = this.#flushing
        .then(() => store.add(date, rows))
        .catch((err: unknown) => {
          log.error({ err }, 'what was spent could not be written; it is tried again with the next call')
          if (this.#day?.date === date) this.#fresh.addAll(rows)
        })
    }
    return this.#flushing
  }

  #judge(spender: Spender): void {
    const config = this.#options.config()
    for (const account of accountsOf(spender)) {
      const limit = limitOf(config, account)
      const sum = this.#sums.get(this.#counted(account))
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

  /** The account itself, or that of the others when there are too many of its kind. */
  #counted(account: Account): Account {
    const { kind } = account
    if (this.#sums.names(kind) < mostNames || this.#sums.get(account)) return account
    // Whoever has a limit of his own is counted on his own.
    return hasOwnLimit(this.#options.config(), account) ? account : { kind, name: others }
  }

  #today(): Day {
    const { clock, config } = this.#options
    const now = clock.now()
    if (this.#day && now < this.#day.endsAt && now >= this.#day.endsAt - 2 * 86_400_000) return this.#day
    const day = dayAt(now, config().agents?.defaults?.userTimezone)
    if (day.date !== this.#day?.date) {
      void this.flush()
      this.#sums = new Ledger()
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
      .then(() => {
        // What is added from now on is not in what is read; what waits to be written is not either.
        this.#sums = new Ledger()
        this.#sums.addAll(this.#fresh.rows())
        return this.#options.store.of(date)
      })
      .then((rows) => {
        if (this.#day?.date !== date) return
        this.#sums.addAll(rows.map(accountOf))
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

function isOver({ input, output, usd }: Sum, limit: Limit): boolean {
  return (limit.usd !== undefined && usd >= limit.usd) || (limit.tokens !== undefined && input + output >= limit.tokens)
}

function words({ input, output, usd }: Sum, limit: Limit): string {
  const parts = []
  if (limit.usd !== undefined) parts.push(`$${usd.toFixed(2)} of $${limit.usd.toFixed(2)}`)
  if (limit.tokens !== undefined) parts.push(`${input + output} of ${limit.tokens} tokens`)
  return parts.join(', ')
}
