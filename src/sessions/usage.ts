import type { UsageSum } from '../storage/types.js'
import type { SessionsContext } from './context.js'
import { type DateQuery, dateSpan, dateText } from './usage-dates.js'

const dayMs = 86_400_000
const defaultSessions = 50
const maxSessions = 1_000

export interface UsageQuery extends DateQuery {
  readonly key?: string | undefined
  readonly agentId?: string | undefined
  readonly limit?: number | undefined
}

/** Tokens and money of some turns; the names are the protocol's. */
export interface UsageTotals {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  totalTokens: number
  /** US dollars of turns that had a price. */
  totalCost: number
  missingCostEntries: number
}

/** What the turns of sessions spent in some days, by session, model, provider, agent and day. */
export async function sessionsUsage(context: SessionsContext, query: UsageQuery) {
  const updatedAt = context.now()
  const { first, last, aheadMs } = dateSpan(query, updatedAt)
  const name = query.key === undefined ? undefined : context.name(query.key, query.agentId)
  const span = { from: first * dayMs - aheadMs, to: (last + 1) * dayMs - aheadMs }
  const filter = { ...span, agent: query.agentId, sessionKey: name?.key }
  const sums = await context.store.runs.usage(filter, -aheadMs)
  const limit = Math.min(query.limit ?? defaultSessions, maxSessions)
  const spenders = grouped(sums, ({ sessionKey }) => sessionKey).slice(0, limit)
  return {
    updatedAt,
    startDate: dateText(first),
    endDate: dateText(last),
    sessions: await Promise.all(spenders.map((group) => sessionUsage(context, group))),
    totals: totalsOf(sums),
    aggregates: {
      messages: messagesOf(sums),
      tools: { totalCalls: 0, uniqueTools: 0, tools: [] },
      byModel: grouped(sums, ({ model }) => model).map(([ref, list]) => ({
        ...modelName(ref),
        count: runsOf(list),
        totals: totalsOf(list),
      })),
      byProvider: grouped(sums, ({ model }) => modelName(model).provider).map(([provider, list]) => ({
        provider,
        count: runsOf(list),
        totals: totalsOf(list),
      })),
      byAgent: grouped(sums, ({ agent }) => agent).map(([agentId, list]) => ({ agentId, totals: totalsOf(list) })),
      byChannel: [],
      daily: daily(sums),
    },
  }
}

type Group = [name: string, sums: UsageSum[]]

/** The biggest spender first. */
function grouped(sums: readonly UsageSum[], by: (sum: UsageSum) => string): Group[] {
  const groups = new Map<string, UsageSum[]>()
  for (const sum of sums) {
    const group = groups.get(by(sum))
    if (group) group.push(sum)
    else groups.set(by(sum), [sum])
  }
  const tokens = ([, list]: Group) => totalsOf(list).totalTokens
  return [...groups].sort((a, b) => tokens(b) - tokens(a))
}

function totalsOf(sums: readonly UsageSum[]): UsageTotals {
  const totals = {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    totalTokens: 0,
    totalCost: 0,
    missingCostEntries: 0,
  }
  for (const { input, output, cacheRead, cacheWrite, cost, withoutPrice } of sums) {
    totals.input += input - cacheRead - cacheWrite
    totals.output += output
    totals.cacheRead += cacheRead
    totals.cacheWrite += cacheWrite
    totals.totalTokens += input + output
    totals.totalCost += cost
    totals.missingCostEntries += withoutPrice
  }
  return totals
}

const runsOf = (sums: readonly UsageSum[]) => sums.reduce((total, { runs }) => total + runs, 0)

/** A turn is a message of a user and, unless it failed, an answer. */
function messagesOf(sums: readonly UsageSum[]) {
  const user = runsOf(sums)
  const errors = sums.reduce((total, sum) => total + sum.errors, 0)
  return { total: 2 * user - errors, user, assistant: user - errors, toolCalls: 0, toolResults: 0, errors }
}

function daily(sums: readonly UsageSum[]) {
  const days = grouped(sums, ({ day }) => String(day)).sort(([a], [b]) => Number(a) - Number(b))
  return days.map(([day, list]) => {
    const { totalTokens: tokens, totalCost: cost } = totalsOf(list)
    const { total: messages, errors } = messagesOf(list)
    return { date: dateText(Number(day)), tokens, cost, messages, toolCalls: 0, errors }
  })
}

function modelName(ref: string): { provider: string; model: string } {
  const slash = ref.indexOf('/')
  return { provider: ref.slice(0, Math.max(slash, 0)), model: ref.slice(slash + 1) }
}

async function sessionUsage(context: SessionsContext, [key, sums]: Group) {
  const row = await context.store.sessions.get(key)
  const agentId = sums[0]?.agent
  const label = row?.entry.label ?? row?.title
  return {
    key,
    ...(agentId !== undefined && { agentId }),
    ...(label !== undefined && { label }),
    ...(row && { sessionId: row.id, updatedAt: row.updatedAt }),
    usage: { ...totalsOf(sums), messageCounts: messagesOf(sums), dailyBreakdown: daily(sums) },
  }
}
