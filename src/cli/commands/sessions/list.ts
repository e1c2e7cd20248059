import type sessions from '../../../../routes/ws/sessions.js'
import type { Static } from '../../../../schemas/type.js'
import type { SessionRow } from '../../../../schemas/ws/rows/session.js'
import type { SessionsListParams, SessionsListResult } from '../../../../schemas/ws/sessions.js'
import { callOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { table } from '../../table.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.read']
const defaultLimit = 100
/** What the gateway gives at once. */
const pageSize = 1_000

export default defineCommand({
  summary: 'sessions.list.summary',
  description: 'sessions.list.description',
  options: {
    agent: { kind: 'text', value: 'id', text: 'sessions.list.agent' },
    allAgents: { kind: 'flag', text: 'sessions.list.allAgents' },
    active: { kind: 'integer', value: 'minutes', min: 1, max: 5_256_000, text: 'sessions.list.active' },
    search: { kind: 'text', value: 'text', text: 'sessions.list.search' },
    archived: { kind: 'flag', text: 'sessions.list.archived' },
    limit: { kind: 'text', value: 'count|all', text: 'sessions.list.limit' },
    ...callOptions,
  },
  examples: [{ command: 'sessions' }, { command: 'sessions list --active 60 --limit all --json' }],
  async run(context, _args, options) {
    const limit = limitOf(context, options.limit)
    const params = {
      agentId: options.allAgents ? undefined : options.agent,
      activeMinutes: options.active,
      search: options.search,
      archived: options.archived ? true : undefined,
      includeDerivedTitles: true,
    }
    const list = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof sessions>) =>
      readPages(gateway, params, limit),
    )
    context.out.result(list, () => lines(context, list))
    return 0
  },
})

type List = Static<typeof SessionsListResult>
type Params = Static<typeof SessionsListParams>

function limitOf({ t }: CommandContext, given: string | undefined): number {
  if (given === undefined) return defaultLimit
  if (given === 'all') return Number.POSITIVE_INFINITY
  const limit = Number(given)
  if (/^\d+$/.test(given) && limit >= 1) return limit
  throw usageError(t('sessions.list.badLimit'), 'sessions list --help')
}

async function readPages(gateway: GatewayLine<typeof sessions>, params: Params, limit: number): Promise<List> {
  let list = await gateway.call('sessions.list', { ...params, limit: Math.min(limit, pageSize) })
  while (list.hasMore && list.nextOffset !== null && list.sessions.length < limit) {
    const left = Math.min(limit - list.sessions.length, pageSize)
    const page = await gateway.call('sessions.list', { ...params, limit: left, offset: list.nextOffset })
    if (page.sessions.length === 0) break
    const rows = [...list.sessions, ...page.sessions]
    list = { ...page, ts: list.ts, sessions: rows, count: rows.length }
  }
  return list
}

function lines({ out, t }: CommandContext, { sessions: rows, totalCount, ts }: List): string[] {
  if (rows.length === 0) return [t('sessions.list.none')]
  const head = [
    t('sessions.column.key'),
    t('sessions.column.age'),
    t('sessions.column.model'),
    t('sessions.column.title'),
  ]
  const more = totalCount > rows.length ? ['', t('sessions.list.more', { shown: rows.length, all: totalCount })] : []
  return [
    ...table(
      out,
      head,
      rows.map((row) => cells(row, ts)),
    ),
    ...more,
  ]
}

function cells({ key, updatedAt, modelProvider, model, label, displayName, derivedTitle }: SessionRow, now: number) {
  const age = typeof updatedAt === 'number' ? formatDuration(Math.max(now - updatedAt, 0)) : '-'
  const name = model === undefined ? '-' : modelProvider ? `${modelProvider}/${model}` : model
  return [key, age, name, label ?? displayName ?? derivedTitle ?? '']
}
