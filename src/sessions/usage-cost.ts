import type { Price } from '../models/price.js'
import type { Store, UsageSum } from '../storage/types.js'
import { type DateQuery, dateSpan, dateText } from './usage-dates.js'

const dayMs = 86_400_000
const maxDays = 3_660

export interface CostSource {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What a model costs by the config of now. */
  readonly priceOf: (model: string) => Price | undefined
}

export interface CostQuery extends DateQuery {
  /** The last so many days. */
  readonly days?: number | undefined
  readonly agentId?: string | undefined
}

/** Tokens and US dollars; the names are the protocol's. */
export interface CostTotals {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  totalTokens: number
  totalCost: number
  inputCost: number
  outputCost: number
  cacheReadCost: number
  cacheWriteCost: number
  missingCostEntries: number
}

/**
 * What turns cost, day by day. The sum of a turn was fixed when it ended; how it divides into input, output and cache is
 * judged by the prices of now.
 */
export async function usageCost({ store, now, priceOf }: CostSource, query: CostQuery) {
  const { last, first: usual, aheadMs } = dateSpan(query, now)
  const first = query.days === undefined ? usual : last - Math.min(query.days, maxDays) + 1
  const span = { from: first * dayMs - aheadMs, to: (last + 1) * dayMs - aheadMs }
  const sums = await store.runs.usage({ ...span, agent: query.agentId }, -aheadMs)
  const totals = emptyTotals()
  const days = new Map<number, CostTotals>()
  for (const sum of sums) {
    const ofDay = days.get(sum.day) ?? emptyTotals()
    days.set(sum.day, ofDay)
    for (const into of [ofDay, totals]) add(into, sum, priceOf(sum.model))
  }
  const daily = [...days].sort(([a], [b]) => a - b).map(([day, ofDay]) => ({ date: dateText(day), ...ofDay }))
  return { updatedAt: now, days: Math.max(last - first + 1, 0), daily, totals }
}

function add(totals: CostTotals, sum: UsageSum, price: Price = {}): void {
  const { output, cacheRead, cacheWrite, cost, withoutPrice } = sum
  const input = sum.input - cacheRead - cacheWrite
  totals.input += input
  totals.output += output
  totals.cacheRead += cacheRead
  totals.cacheWrite += cacheWrite
  totals.totalTokens += sum.input + output
  totals.totalCost += cost
  totals.missingCostEntries += withoutPrice
  const { input: forInput = 0, cacheWrite: forWrite = forInput } = price
  const shares = [
    input * forInput,
    output * (price.output ?? 0),
    cacheRead * (price.cacheRead ?? 0),
    cacheWrite * forWrite,
  ]
  const whole = shares.reduce((total, share) => total + share, 0)
  if (whole === 0) return
  const [ofInput = 0, ofOutput = 0, ofCacheRead = 0, ofCacheWrite = 0] = shares.map((share) => (share / whole) * cost)
  totals.inputCost += ofInput
  totals.outputCost += ofOutput
  totals.cacheReadCost += ofCacheRead
  totals.cacheWriteCost += ofCacheWrite
}

function emptyTotals(): CostTotals {
  return {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    totalTokens: 0,
    totalCost: 0,
    inputCost: 0,
    outputCost: 0,
    cacheReadCost: 0,
    cacheWriteCost: 0,
    missingCostEntries: 0,
  }
}
