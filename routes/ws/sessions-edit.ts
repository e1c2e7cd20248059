import { randomUUID } from 'node:crypto'
import type { ContentPart } from '../../schemas/message.js'
import { type Static, Type } from '../../schemas/type.js'
import {
  SessionsCreateParams,
  SessionsCreateResult,
  SessionsDeleteParams,
  SessionsDeleteResult,
  SessionsPatchParams,
  SessionsPatchResult,
  SessionsResetParams,
  SessionsResetResult,
} from '../../schemas/ws/sessions.js'
import { harmlessPatchKeys } from '../../schemas/ws/sessions-patch.js'
import type { RunCaller } from '../../src/agents/caller.js'
import { GatewayError, toGatewayError } from '../../src/kernel/errors.js'
import type { Runtime } from '../../src/runtime.js'
import type { SessionRow } from '../../src/storage/types.js'
import { contentOf } from './_messages.js'
import { family, method } from './_method.js'
import { entryOf, resolvedOf } from './_sessions.js'
import { runCaller } from './_tools.js'

/** With `archivedOnly`, a delete that has nothing but these is no administrator's matter (spec/protocol.md 2.9). */
const harmlessDeleteKeys = new Set(['key', 'agentId', 'deleteTranscript', 'archivedOnly', 'expectedSessionId'])

/** What official clients may ask of a new session and nothing here can give yet. */
const notYet = [
  'incognito',
  'fork',
  'forkFrom',
  'worktree',
  'execNode',
  'cwd',
  'projectId',
  'projectGitUrl',
  'catalogId',
]

/** What a new session may be given; what else a settings change may hold is no matter of who may only write. */
const creatable = new Set(Object.keys(SessionsCreateParams.properties))

export default family({
  'sessions.create': method({
    summary: 'Makes a session',
    description: 'Without a key it gets one of its own; with the key of a session that is there, its settings change.',
    scope: 'operator.write',
    scopeFor: ({ permissionMode, toolOverrides }) =>
      permissionMode === 'full' || toolOverrides !== undefined ? 'operator.admin' : undefined,
    params: SessionsCreateParams,
    result: SessionsCreateResult,
    async handler({ runtime, caller }, params) {
      const asked = notYet.find((name) => Boolean((params as Record<string, unknown>)[name]))
      if (asked !== undefined) {
        throw new GatewayError('unsupported_parameter', { message: `"${asked}" is not supported here. Remove it.` })
      }
      const known = Object.entries(params).filter(([name]) => creatable.has(name))
      const { message, task, attachments, ...wanted } = Object.fromEntries(known) as typeof params
      const content = contentOf(message ?? task ?? '', attachments)
      const row = await runtime.sessions.edit.create(wanted)
      const run =
        content.length === 0
          ? { runStarted: false }
          : await begin(runtime, row, content, runCaller(caller), params.idempotencyKey)
      const { key, id: sessionId } = row
      return { ok: true as const, key, sessionId, entry: entryOf(row), ...run, resolved: resolvedOf(runtime, row) }
    },
  }),
  'sessions.patch': method({
    summary: 'Changes the settings of a session; null clears one',
    scope: 'operator.write',
    scopeFor(params) {
      const names = Object.keys(params).filter((name) => !name.startsWith('expected'))
      const harmless = names.every((name) => harmlessPatchKeys.has(name)) && params.permissionMode !== 'full'
      return harmless ? undefined : 'operator.admin'
    },
    params: SessionsPatchParams,
    result: SessionsPatchResult,
    async handler({ runtime }, { key, agentId, expectedSessionId, ...patch }) {
      const row = await runtime.sessions.edit.patch({ key, agentId, expectedSessionId }, patch)
      const path = runtime.instance.paths.database
      return { ok: true as const, path, key: row.key, entry: entryOf(row), resolved: resolvedOf(runtime, row) }
    },
  }),
  'sessions.reset': method({
    summary: 'Begins a session anew',
    description: 'Ends its turns. What was said stays readable: `chat.history` with the old `sessionId`.',
    scope: 'operator.admin',
    params: SessionsResetParams,
    result: SessionsResetResult,
    async handler({ runtime }, { reason = 'reset', ...target }) {
      const row = await runtime.sessions.edit.reset(target, reason)
      return { ok: true as const, key: row.key, entry: entryOf(row) }
    },
  }),
  'sessions.delete': method({
    summary: 'Removes a session and what was said in it',
    scope: 'operator.write',
    scopeFor(params) {
      const harmless = Object.keys(params).every((name) => harmlessDeleteKeys.has(name))
      return params.archivedOnly === true && harmless ? undefined : 'operator.admin'
    },
    params: SessionsDeleteParams,
    result: SessionsDeleteResult,
    async handler({ runtime }, { deleteTranscript = true, archivedOnly = false, ...target }) {
      const how = { keep: !deleteTranscript, archivedOnly }
      const { key, archived } = await runtime.sessions.edit.delete(target, how)
      return { ok: true as const, key, deleted: archived !== undefined, archived: archived ?? [] }
    },
  }),
  'sessions.groups.list': method({
    summary: 'Categories that sessions are in',
    scope: 'operator.read',
    params: Type.Object({}),
    result: Type.Object({
      groups: Type.Array(Type.Object({ name: Type.String(), position: Type.Integer({ minimum: 0 }) })),
    }),
    async handler({ runtime }) {
      const names = await runtime.store.sessions.categories()
      return { groups: names.map((name, position) => ({ name, position })) }
    },
  }),
  'sessions.groups.defaults': method({
    summary: 'What new sessions of a category begin with',
    description: 'Always empty: categories have no settings of their own here.',
    scope: 'operator.write',
    params: Type.Object({}),
    result: Type.Object({ defaults: Type.Array(Type.Object({ name: Type.String() })) }),
    handler: () => ({ defaults: [] }),
  }),
})

/** Sends the first message of a session; the session stays when that fails. */
async function begin(
  { sessions }: Runtime,
  { key }: SessionRow,
  content: readonly ContentPart[],
  caller: RunCaller,
  runId: string = randomUUID(),
): Promise<Pick<Static<typeof SessionsCreateResult>, 'runStarted' | 'runId' | 'runError'>> {
  try {
    await sessions.turns.send({ sessionKey: key, runId, content, caller, origin: 'ws' })
    return { runStarted: true, runId }
  } catch (thrown) {
    const { row, message } = toGatewayError(thrown)
    return { runStarted: false, runError: { code: row.ws, message, retryable: row.retryable } }
  }
}
