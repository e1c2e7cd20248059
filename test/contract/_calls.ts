import type { TestSocket } from '../helper/socket.js'

export interface Call {
  /** Params that make the method succeed. */
  readonly params?: object | ((socket: TestSocket) => Promise<object>)
  /** The definition of its result, where it is not `<Name>Result`. */
  readonly definition?: string
  /** Keys of the result that later official gateways send and the published package does not know. */
  readonly newer?: readonly string[]
  readonly final?: true
  /** Where the package names only the rows of a list: the key of the list ('' is the result itself) and the row. */
  readonly rows?: { readonly key: string; readonly definition: string; readonly newer?: readonly string[] }
}

/** Results so far by method name. */
// biome-ignore lint/suspicious/noExplicitAny: results of any shape
export type Seen = Readonly<Record<string, any>>

const sessionKey = 'agent:main:contract'

/**
 * One good call of every method, in an order in which each finds what it needs. A method without an entry here fails the
 * test.
 */
export const calls: Readonly<Record<string, Call>> = {
  health: {},
  status: {},
  'system-presence': { rows: { key: '', definition: 'PresenceEntry' } },
  'system.info': {},
  'system-event': { params: { text: 'the lights are on' } },
  'usage.spending': {},
  'last-heartbeat': {},
  'set-heartbeats': { params: { enabled: true } },
  wake: { params: { mode: 'next-heartbeat', text: 'wake up' } },
  'update.status': {},
  'gateway.restart.preflight': {},
  'logs.tail': {},
  'usage.status': {},
  'usage.cost': {},
  'models.list': {},
  'models.authStatus': {},
  'config.get': {},
  'config.schema': { definition: 'ConfigSchemaResponse' },
  'config.schema.lookup': { params: { path: 'gateway.port' } },
  'config.patch': {
    params: async (socket) => ({ raw: '{ messages: {} }', baseHash: (await socket.call('config.get')).hash }),
  },
  'config.set': { params: wholeConfig },
  'config.apply': { params: wholeConfig },
  'secrets.reload': {},
  'secrets.status': {},
  'agents.list': {},
  'agents.create': { params: { name: 'Contract' } },
  'agents.update': { params: { agentId: 'contract', emoji: '!' } },
  'agents.files.list': { params: { agentId: 'main' } },
  'agents.files.set': { params: { agentId: 'main', name: 'AGENTS.md', content: 'Be brief.' }, newer: ['/file/hash'] },
  'agents.files.get': { params: { agentId: 'main', name: 'AGENTS.md' }, newer: ['/file/hash'] },
  'agent.identity.get': { params: { agentId: 'main' } },
  'memory.search': { params: { query: 'anything' } },
  'doctor.memory.status': { params: { index: true } },
  'agents.delete': { params: { agentId: 'contract' } },
  'sessions.create': { params: { key: sessionKey, label: 'Contract' } },
  'sessions.patch': { params: { key: sessionKey, label: 'Contracts' } },
  'sessions.list': {
    params: { includeDerivedTitles: true, includeLastMessage: true },
    rows: { key: 'sessions', definition: 'SessionRow' },
  },
  'sessions.preview': { params: { keys: [sessionKey] } },
  'sessions.describe': { params: { key: sessionKey } },
  'sessions.resolve': { params: { key: 'main' } },
  'sessions.usage': {},
  'sessions.groups.list': {},
  'sessions.groups.defaults': {},
  'sessions.subscribe': {},
  'sessions.messages.subscribe': { params: { key: sessionKey } },
  'sessions.messages.unsubscribe': { params: { key: sessionKey } },
  'sessions.viewers.set': { params: { sessionKeys: [sessionKey] }, definition: 'SessionsViewerPresenceSetResult' },
  'sessions.observer.visibility': { params: { visible: true } },
  'chat.send': { params: { sessionKey, message: 'hello', idempotencyKey: 'contract-1' } },
  'agent.wait': { params: { runId: 'contract-1' } },
  'sessions.send': { params: { key: sessionKey, message: 'again', idempotencyKey: 'contract-2' } },
  'sessions.steer': { params: { key: sessionKey, message: 'now', idempotencyKey: 'contract-steer' } },
  agent: { params: { sessionKey, message: 'and again', idempotencyKey: 'contract-3' }, final: true },
  'chat.inject': { params: { sessionKey, message: 'a note' } },
  'chat.history': { params: { sessionKey } },
  'chat.startup': { params: { sessionKey, limit: 80, maxBytes: 262_144 } },
  'chat.metadata': { params: { sessionKey } },
  'chat.message.get': {
    params: async (socket) => {
      const { messages } = await socket.call('chat.history', { sessionKey })
      return { sessionKey, messageId: messages[0].__openclaw.id }
    },
  },
  'chat.abort': { params: { sessionKey } },
  'sessions.abort': { params: { key: sessionKey } },
  'sessions.compact': { params: { key: sessionKey } },
  'sessions.branches.list': { params: { sessionKey } },
  'cron.add': {
    params: {
      name: 'contract',
      schedule: { kind: 'every', everyMs: 3_600_000 },
      payload: { kind: 'agentTurn', message: 'x' },
    },
    definition: 'CronJob',
  },
  'cron.list': { rows: { key: 'jobs', definition: 'CronJob' } },
  'cron.status': {},
  'cron.get': { params: firstJob, definition: 'CronJob' },
  'cron.run': { params: firstJob },
  'cron.runs': {
    params: async (socket) => {
      while ((await socket.call('cron.runs', {})).entries.length === 0)
        await new Promise((next) => setTimeout(next, 20))
      return {}
    },
    rows: { key: 'entries', definition: 'CronRunLogEntry' },
  },
  'cron.update': {
    params: async (socket) => ({ ...(await firstJob(socket)), patch: { enabled: false } }),
    definition: 'CronJob',
  },
  'cron.remove': { params: firstJob },
  'channels.deadLetters': {},
  'channels.status': {},
  'channels.pairing.list': { newer: ['/allowed'] },
  'channels.pairing.remove': { params: { channel: 'telegram', accountId: 'default', senderId: '7' } },
  'tools.catalog': {},
  'tools.effective': { params: { sessionKey } },
  'tools.invoke': { params: { name: 'no_such_tool' } },
  'skills.status': {},
  'commands.list': {},
  'talk.catalog': {},
  'question.list': {},
  'exec.approval.request': { params: { id: 'contract', command: 'ls' } },
  'exec.approval.waitDecision': { params: { id: 'contract' } },
  'exec.approval.list': {},
  'exec.approval.grants.list': {},
  'exec.approval.grants.revoke': { params: { grantId: 'none' } },
  'approval.get': { params: { id: 'contract' } },
  'approval.resolve': { params: { id: 'contract', kind: 'exec', decision: 'deny' } },
  'approval.history': {},
  'plugin.approval.list': {},
  'openclaw.approval.list': {},
  'exec.approvals.get': { definition: 'ExecApprovalsSnapshot' },
  'exec.approvals.set': {
    params: async (socket) => {
      const { file, hash } = await socket.call('exec.approvals.get')
      return { file, baseHash: hash }
    },
    definition: 'ExecApprovalsSnapshot',
  },
  'device.pair.list': {},
  'node.list': {},
  'node.pair.list': {},
  'gateway.identity.get': {},
  'sessions.reset': { params: { key: sessionKey } },
  'sessions.delete': { params: { key: sessionKey } },
}

/** Methods that need a device and whose results the package does not describe; called in test/devices. */
export const needDevices: readonly string[] = [
  // These need an account of a channel; called in test/channels/telegram, test/channels/whatsapp and test/routes/ws/{message,directory}.test.ts.
  'channels.logout',
  'web.login.start',
  'web.login.wait',
  'send',
  'message.action',
  'poll',
  'channels.resolve',
  'directory.self',
  'directory.peers',
  'directory.groups',
  'directory.members',
  'channels.start',
  'channels.stop',
  // Ends the run; called in test/e2e/restart.test.ts.
  'gateway.restart.request',
  // These need a second operator; called in test/routes/ws/exec-approval.test.ts.
  'exec.approval.get',
  'exec.approval.resolve',
  'device.pair.approve',
  'device.pair.reject',
  'device.pair.remove',
  'device.pair.rename',
  'device.token.revoke',
  'device.token.rotate',
  // These need somebody who writes to a bot; called in test/routes/ws/channels-pairing.test.ts.
  'channels.pairing.approve',
  'channels.pairing.dismiss',
  'node.describe',
  'node.rename',
  'node.pair.approve',
  'node.pair.reject',
  'node.pair.remove',
]

/** The config as it is, to be written back. */
async function wholeConfig(socket: TestSocket): Promise<object> {
  const { config, hash } = await socket.call('config.get')
  return { raw: JSON.stringify(config), baseHash: hash }
}

export async function callAll(socket: TestSocket, names: readonly string[]): Promise<Seen> {
  const seen: Record<string, unknown> = {}
  for (const [name, { params = {}, final }] of Object.entries(calls)) {
    if (!names.includes(name)) continue
    const given = typeof params === 'function' ? await params(socket) : params
    const { ok, payload, error } = await socket.request(name, given, { final: final === true })
    if (!ok) throw new Error(`${name} failed: ${JSON.stringify(error)}`)
    seen[name] = payload
  }
  return seen
}

/** The name of a method's result in the published package, by its own rule: `config.get` is `ConfigGetResult`. */
export function resultName(method: string): string {
  const words = method.split(/[.-]/).map((word) => word[0]?.toUpperCase() + word.slice(1))
  return `${words.join('')}Result`
}

async function firstJob(socket: TestSocket): Promise<{ id: string }> {
  const { jobs } = await socket.call('cron.list', { includeDisabled: true })
  return { id: jobs[0].id }
}
