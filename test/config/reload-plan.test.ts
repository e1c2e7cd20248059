import fc from 'fast-check'
import t from 'tap'
import { ConfigSchema } from '../../schemas/config/index.js'
import { diffConfig, reloadClasses, reloadClassOf } from '../../src/config/reload-classes.js'
import { planReload, type ReloadMode } from '../../src/config/reload-plan.js'

t.test('pain-46: the class of each key', async (t) => {
  const rows: Readonly<Record<string, string>> = {
    'gateway.port': 'restart',
    'gateway.bind': 'restart',
    'gateway.auth.token': 'restart',
    'gateway.tls.enabled': 'restart',
    'gateway.http.endpoints.chatCompletions.enabled': 'restart',
    'gateway.reload.mode': 'none',
    'gateway.remote.token': 'none',
    'gateway.remoteless': 'restart',
    'discovery.mdns.mode': 'restart',
    'plugins.allow': 'restart',
    'env.vars.KEY': 'restart',
    'channels.telegram.botToken': 'hot',
    'agents.defaults.model.primary': 'hot',
    'agents.entries.main.heartbeat.every': 'hot',
    'agents.ownership': 'none',
    'models.providers["lm.studio"].baseUrl': 'hot',
    'hooks.enabled': 'hot',
    'cron.enabled': 'hot',
    'tools.deny': 'hot',
    'browser.headless': 'hot',
    'session.scope': 'none',
    'messages.queue.mode': 'none',
    'skills.entries.x.enabled': 'none',
    'logging.level': 'none',
    bindings: 'none',
    'meta.lastTouchedVersion': 'none',
    'nobody.knows': 'restart',
  }
  for (const [path, wanted] of Object.entries(rows)) t.equal(reloadClassOf(path), wanted, path)
})

t.test('every section of the schema has a class of its own', async (t) => {
  const known = new Set(Object.keys(reloadClasses).map((key) => key.split('.')[0]))
  t.same(
    Object.keys(ConfigSchema.properties).filter((key) => !known.has(key)),
    ['diagnostics'],
    'what is not listed needs a restart',
  )
  t.same(
    [...known].filter((key) => key && !(key in ConfigSchema.properties)),
    [],
    'and the list names no other',
  )
})

t.test('differences', async (t) => {
  const rows: readonly (readonly [before: unknown, after: unknown, paths: string[]])[] = [
    [{}, {}, []],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, []],
    [{ a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    [{}, { gateway: { port: 1, reload: { mode: 'hot' } } }, ['gateway.port', 'gateway.reload.mode']],
    [{ a: { b: 1 } }, {}, ['a.b']],
    [{ a: [1, 2] }, { a: [1, 3] }, ['a']],
    [{ a: {} }, {}, ['a']],
    [{}, { a: {} }, ['a']],
    [{ a: 1 }, { a: { b: 1 } }, ['a']],
    [{ a: { 'x.y': 1 } }, { a: { 'x.y': 2 } }, ['a["x.y"]']],
    [{ a: null }, { a: 0 }, ['a']],
  ]
  for (const [before, after, paths] of rows) t.same(diffConfig(before, after), paths, JSON.stringify([before, after]))
  fc.assert(fc.property(fc.jsonValue(), (value) => diffConfig(value, structuredClone(value)).length === 0))
})

t.test('plans', async (t) => {
  const all = [
    'gateway.port',
    'gateway.reload.mode',
    'channels.telegram.enabled',
    'session.scope',
    'meta.lastTouchedVersion',
  ]
  const rows: readonly (readonly [mode: ReloadMode, paths: string[], plan: object])[] = [
    ['hybrid', all, { kind: 'restart', applied: all, hot: [], pending: [] }],
    ['hybrid', all.slice(1), { kind: 'hot', applied: all.slice(1), hot: ['channels.telegram.enabled'], pending: [] }],
    ['hybrid', all.slice(3), { kind: 'none', applied: all.slice(3), hot: [], pending: [] }],
    ['hot', all, { kind: 'hot', applied: all.slice(1), hot: ['channels.telegram.enabled'], pending: ['gateway.port'] }],
    ['hot', ['gateway.port'], { kind: 'none', applied: [], hot: [], pending: ['gateway.port'] }],
    ['restart', ['session.scope'], { kind: 'restart', applied: ['session.scope'], hot: [], pending: [] }],
    [
      'restart',
      ['gateway.reload.mode', 'gateway.remote.url', 'meta.lastTouchedVersion'],
      { kind: 'none', hot: [], pending: [] },
    ],
    ['restart', ['gateway.remoteless'], { kind: 'restart' }],
    ['off', all, { kind: 'none', applied: [], hot: [], pending: all }],
    ['off', [], { kind: 'none', pending: [] }],
  ]
  for (const [mode, paths, plan] of rows) t.match(planReload(mode, paths), plan, `${mode}: ${paths.join(', ')}`)
})
