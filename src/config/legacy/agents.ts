import { isTree } from '../tree.js'
import type { Migration } from './migration.js'

const defaults = ['agents', 'defaults']
const entries = ['agents', 'entries']

/** `agents.list[]`, `agent`, `identity`, `defaultModel`, `heartbeat` (spec/config.md section 2.4). */
export function migrateAgents(migration: Migration): void {
  migrateList(migration)
  migration.move(['agent'], defaults)
  migration.move(['defaultModel'], [...defaults, 'model'])
  migrateRoutingAgents(migration)
  if (migration.has(['identity'])) migration.move(['identity'], [...entries, defaultAgent(migration), 'identity'])
  migrateHeartbeat(migration)
  for (const scope of [defaults, ...migration.objectsIn(entries).map(([id]) => [...entries, id])]) {
    migrateSandbox(migration, [...scope, 'sandbox'])
  }
}

/** The keyed map keeps the order of the list. */
function migrateList(migration: Migration): void {
  const list = migration.get(['agents', 'list'])
  if (!Array.isArray(list)) return
  // A list that cannot be keyed stays where it is, so that the schema check points at it.
  const ids = list.map((agent) => (isTree(agent) && typeof agent.id === 'string' ? agent.id : undefined))
  if (ids.includes(undefined) || new Set(ids).size < ids.length) return
  migration.take(['agents', 'list'])
  list.forEach((agent, index) => {
    const { id, ...rest } = agent
    const from = ['agents', 'list', index]
    if (migration.put(rest, from, [...entries, id]))
      migration.warn(from, `Parts of this agent are ignored because agents.entries.${id} is set as well.`)
  })
  migration.warn(
    ['agents', 'list'],
    'agents.list is an older spelling; write agents.entries: { <id>: { … } } instead.',
    'agents.entries',
  )
}

function migrateRoutingAgents(migration: Migration): void {
  migration.move(['routing', 'agents'], entries)
  migration.move(['routing', 'bindings'], ['bindings'])
  migration.move(['routing', 'agentToAgent'], ['tools', 'agentToAgent'])
  const id = migration.get(['routing', 'defaultAgentId'])
  if (typeof id === 'string') migration.move(['routing', 'defaultAgentId'], [...defaults, 'systemAgent', 'agentId'])
}

/** The agent that answers when nobody names one, as far as it can be seen before validation. */
function defaultAgent(migration: Migration): string {
  const agents = migration.objectsIn(entries)
  const marked = agents.find(([, agent]) => agent.default === true)?.[0]
  const named = migration.get([...defaults, 'systemAgent', 'agentId'])
  return marked ?? (typeof named === 'string' ? named : (agents[0]?.[0] ?? 'main'))
}

/** Cadence goes to the agents, visibility to the channels. */
function migrateHeartbeat(migration: Migration): void {
  for (const key of ['showOk', 'showAlerts', 'useIndicator']) {
    migration.move(['heartbeat', key], ['channels', 'defaults', 'heartbeatVisibility', key])
  }
  const rest = migration.get(['heartbeat'])
  if (isTree(rest) && Object.keys(rest).length === 0) migration.take(['heartbeat'])
  else migration.move(['heartbeat'], [...defaults, 'heartbeat'])
}

function migrateSandbox(migration: Migration, sandbox: string[]): void {
  const perSession = migration.get([...sandbox, 'perSession'])
  if (typeof perSession !== 'boolean') return
  migration.rewrite([...sandbox, 'perSession'], perSession ? 'session' : 'shared')
  migration.move([...sandbox, 'perSession'], [...sandbox, 'scope'], false)
}
