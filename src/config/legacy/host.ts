import { isTree } from '../tree.js'
import type { Migration } from './migration.js'

const bindNames: Readonly<Record<string, string>> = {
  '0.0.0.0': 'lan',
  '::': 'lan',
  '[::]': 'lan',
  '127.0.0.1': 'loopback',
  '::1': 'loopback',
  '[::1]': 'loopback',
  localhost: 'loopback',
}
const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** Old keys of the gateway and what stood beside it (spec/config.md section 2.4). */
export function migrateGateway(migration: Migration): void {
  migration.move(['gateway', 'token'], ['gateway', 'auth', 'token'])
  migration.move(['gateway', 'password'], ['gateway', 'auth', 'password'])
  migration.move(['gateway', 'nodes', 'allowCommands'], ['gateway', 'nodes', 'commands', 'allow'])
  migration.move(['gateway', 'nodes', 'denyCommands'], ['gateway', 'nodes', 'commands', 'deny'])
  migrateBind(migration)
  const canvas = ['plugins', 'entries', 'canvas', 'config', 'host']
  migration.move(['canvasHost'], canvas)
  migration.retire(['bridge'], 'nodes connect to the gateway port. Remove it.')
}

function migrateBind(migration: Migration): void {
  const bind = migration.get(['gateway', 'bind'])
  if (typeof bind !== 'string') return
  const name = bindNames[bind]
  if (name !== undefined) migration.rewrite(['gateway', 'bind'], name)
  else if (ipv4.test(bind)) {
    migration.put(bind, ['gateway', 'bind'], ['gateway', 'customBindHost'], false)
    migration.rewrite(['gateway', 'bind'], 'custom')
  }
}

/** Keys of `env` that are not variables. */
const envSections = new Set(['vars', 'shellEnv'])

/** Flat `env.KEY`. */
export function migrateEnv(migration: Migration): void {
  const env = migration.get(['env'])
  if (!isTree(env)) return
  for (const [key, value] of Object.entries(env)) {
    if (envSections.has(key) || isTree(value) || Array.isArray(value)) continue
    migration.move(['env', key], ['env', 'vars', key])
  }
}

export function migrateModels(migration: Migration): void {
  const providers = ['models', 'providers']
  for (const [id, provider] of migration.objectsIn(providers)) {
    if (provider.api === 'openai') migration.rewrite([...providers, id, 'api'], 'openai-completions')
    if (!Array.isArray(provider.models)) continue
    provider.models.forEach((model, index) => {
      const path = [...providers, id, 'models', index, 'api']
      if (isTree(model) && model.api === 'openai') migration.rewrite(path, 'openai-completions')
    })
  }
}

export function migrateRest(migration: Migration): void {
  for (const scope of [[], ...migration.objectsIn(['agents', 'entries']).map(([id]) => ['agents', 'entries', id])]) {
    migrateExec(migration, [...scope, 'tools', 'exec'])
  }
  migration.move(['session', 'idleMinutes'], ['session', 'reset', 'idleMinutes'])
  migration.move(['session', 'resetByType', 'dm'], ['session', 'resetByType', 'direct'])
  migration.move(['messages', 'tts'], ['tts'])
  migration.move(['memorySearch'], ['memory', 'search'])
  for (const policy of [
    ['browser', 'ssrfPolicy'],
    ['tools', 'web', 'fetch', 'ssrfPolicy'],
  ]) {
    migration.move([...policy, 'allowPrivateNetwork'], [...policy, 'dangerouslyAllowPrivateNetwork'])
  }
  const bindings = migration.get(['bindings'])
  if (!Array.isArray(bindings)) return
  bindings.forEach((_, index) => {
    const kind = ['bindings', index, 'match', 'peer', 'kind']
    if (migration.get(kind) === 'dm') migration.rewrite(kind, 'direct')
  })
}

/** `security` and `ask` become one mode where one says the same; other pairs are kept as they are. */
function migrateExec(migration: Migration, exec: string[]): void {
  migration.move([...exec, 'timeoutSec'], [...exec, 'timeoutSeconds'])
  const security = migration.get([...exec, 'security'])
  const ask = migration.get([...exec, 'ask'])
  if (migration.has([...exec, 'mode'])) return
  if (security === 'full' && ask === 'off') {
    migration.take([...exec, 'ask'])
    migration.move([...exec, 'security'], [...exec, 'mode'], false)
  } else if (security === 'deny' && ask === undefined) migration.move([...exec, 'security'], [...exec, 'mode'], false)
}
