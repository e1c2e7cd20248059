import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { editConfig } from '../../src/config/edit.js'
import type { ConfigSource } from '../../src/config/types.js'
import { type ConfigChange, type ConfigHandle, openConfig, type WatchOptions } from '../../src/config/watch.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { sourceOf } from './helper.js'

interface Watching {
  readonly handle: ConfigHandle
  readonly source: ConfigSource
  readonly changes: ConfigChange[]
  readonly log: { readonly errors: string[]; readonly infos: string[] }
  /** Waits until the condition holds; the test's own time limit ends a wait in vain. */
  until(holds: () => boolean): Promise<void>
}

async function watching(
  t: Test,
  files: Parameters<typeof sourceOf>[1],
  options: Partial<WatchOptions> = {},
): Promise<Watching> {
  let handle: ConfigHandle | undefined
  // Before the folder is made: tap removes it first otherwise.
  t.teardown(() => handle?.close())
  const source = await sourceOf(t, files)
  const log = {
    ...silentLogger,
    errors: [] as string[],
    infos: [] as string[],
    error: (_details: object, message: string) => void log.errors.push(message),
    info: (_details: object, message: string) => void log.infos.push(message),
  }
  handle = await openConfig(source, { log, debounceMs: 10, ...options })
  const changes: ConfigChange[] = []
  handle.onChange((change) => void changes.push(change))
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { handle, source, changes, log, until }
}

/** Replaces the file in one step, so that no half-written text is read. */
async function put(source: ConfigSource, text: string): Promise<void> {
  await writeFile(`${source.path}.new`, text)
  await rename(`${source.path}.new`, source.path)
}

const lastGood = (source: ConfigSource) => readFile(`${source.path}.last-good`, 'utf8')

t.test('an edit is applied live', async (t) => {
  const { handle, source, changes, until } = await watching(t, '{ session: { scope: "global" }, tools: { deny: [] } }')
  await writeFile(source.path, '{ session: { scope: "global" }, tools: { deny: ["exec"] } }')
  await until(() => changes.length > 0)
  t.match(changes, [
    {
      paths: ['tools.deny'],
      plan: { kind: 'hot', hot: ['tools.deny'] },
      previous: { tools: { deny: [] } },
      next: { tools: { deny: ['exec'] } },
    },
  ])
  t.same(handle.current.tools?.deny, ['exec'])
  t.match(handle.status, { valid: true, pendingRestart: [] })
  await handle.close()
  t.match(await lastGood(source), 'exec')
})

t.test('a file replaced by renaming is seen', async (t) => {
  const { handle, source, changes, until } = await watching(t, '{}')
  await put(source, '{ cron: { enabled: false } }')
  await until(() => changes.length > 0)
  t.equal(handle.current.cron?.enabled, false)
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: true }])
  await until(() => handle.current.cron?.enabled === true)
})

t.test('pain-45: a bad edit changes nothing but the status', async (t) => {
  const { handle, source, changes, log, until } = await watching(t, '{ gateway: { port: 1 } }')
  const bad = '{ gateway: {\n  prot: 2 } }'
  await put(source, bad)
  await until(() => !handle.status.valid)
  t.match(handle.status.issues, [{ path: 'gateway.prot', line: 2, column: 3, suggestion: 'port' }])
  t.same(handle.current, { gateway: { port: 1 } })
  t.same(changes, [])
  t.match(log.errors, [/config reload skipped \(invalid config\)/])
  t.equal(await readFile(source.path, 'utf8'), bad, 'the file of the user is never touched')
  t.match(await lastGood(source), 'port: 1')
  await handle.reload()
  t.equal(log.errors.length, 1, 'the same mistake is reported once')
  await put(source, '{ gateway: { port: 2 } }')
  await until(() => changes.length > 0)
  t.match(changes, [{ paths: ['gateway.port'], plan: { kind: 'restart' } }])
  t.ok(handle.status.valid)
  t.same(handle.status.issues, [])
})

t.test('a bad edit that is taken back leaves no trace but one line', async (t) => {
  const { handle, source, changes, log, until } = await watching(t, '{ gateway: { port: 1 } }')
  await put(source, '{ gateway: ')
  await until(() => !handle.status.valid)
  await put(source, '{ gateway: { port: 1 } }')
  await until(() => handle.status.valid)
  t.same(changes, [])
  t.same(log.infos, ['the config file is valid again'])
})

t.test('a file that vanishes keeps the gateway as it is', async (t) => {
  const { handle, source, changes, until } = await watching(t, '{ gateway: { port: 1 } }')
  await rm(source.path)
  await until(() => !handle.status.valid)
  t.match(handle.status.issues, [{ path: '<root>', message: /gone.*last good/ }])
  t.same([handle.current, changes], [{ gateway: { port: 1 } }, []])
  await put(source, '{ gateway: { port: 1 } }')
  await until(() => handle.status.valid)
})

t.test('a file that does not exist yet is seen, even in a new folder', async (t) => {
  const source = { path: join(t.testdir(), 'later', 'openclaw.json'), env: {}, includeRoots: [] }
  const handle = await openConfig(source, { log: silentLogger, debounceMs: 10 })
  t.match(handle.status, { valid: true, hash: '' })
  await editConfig(source, [{ op: 'set', path: 'cron.enabled', value: false }])
  while (handle.current.cron?.enabled !== false) await new Promise((resolve) => setTimeout(resolve, 20))
  t.ok(handle.status.valid)
  await handle.close()
})

t.test('included files are followed, new ones too', async (t) => {
  const { handle, source, until } = await watching(t, {
    'openclaw.json': '{ cron: { $include: "parts/a.json" } }',
    'parts/a.json': '{ enabled: true }',
  })
  const part = join(dirname(source.path), 'parts', 'a.json')
  await writeFile(part, '{ enabled: false }')
  await until(() => handle.current.cron?.enabled === false)
  await mkdir(join(dirname(source.path), 'other'))
  await writeFile(join(dirname(source.path), 'other', 'b.json'), '{ maxConcurrentRuns: 1 }')
  await put(source, '{ cron: { $include: "other/b.json" } }')
  await until(() => handle.current.cron?.maxConcurrentRuns === 1)
  await writeFile(join(dirname(source.path), 'other', 'b.json'), '{ maxConcurrentRuns: 2 }')
  await until(() => handle.current.cron?.maxConcurrentRuns === 2)
  await writeFile(join(dirname(source.path), 'other', 'b.json'), '{ maxConcurrentRuns: "x" }')
  await until(() => !handle.status.valid)
  t.match(handle.status.issues, [{ file: /b\.json$/, path: 'cron.maxConcurrentRuns' }])
  await writeFile(join(dirname(source.path), 'other', 'b.json'), '{ maxConcurrentRuns: 3 }')
  await until(() => handle.current.cron?.maxConcurrentRuns === 3)
})

t.test('a mounted file whose link is swapped (Kubernetes)', async (t) => {
  const { handle, source, until } = await watching(t, {})
  const folder = dirname(source.path)
  for (const version of ['..v1', '..v2']) {
    await mkdir(join(folder, version))
    await writeFile(join(folder, version, 'openclaw.json'), `{ env: { vars: { V: "${version}" } } }`)
  }
  await symlink('..v1', join(folder, '..data'))
  await symlink('..data/openclaw.json', source.path)
  await until(() => handle.current.env?.vars?.V === '..v1')
  await symlink('..v2', join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  await until(() => handle.current.env?.vars?.V === '..v2')
  t.equal(handle.env.V, '..v2')
})

t.test('mode hot: what needs a restart waits, the rest is applied', async (t) => {
  const hot = (port: number, level: string) =>
    `{ gateway: { port: ${port}, reload: { mode: "hot" } }, logging: { level: "${level}" }, env: { vars: { A: "${port}" } } }`
  const { handle, source, changes, until } = await watching(t, hot(1, 'info'))
  await put(source, hot(2, 'debug'))
  await until(() => changes.length > 0)
  t.match(handle.current, { gateway: { port: 1 }, logging: { level: 'debug' }, env: { vars: { A: '1' } } })
  t.equal(handle.env.A, '1')
  t.same(handle.status.pendingRestart, ['gateway.port', 'env.vars.A'])
  await put(source, hot(1, 'debug'))
  await until(() => handle.status.pendingRestart.length === 0)
  await put(source, hot(3, 'debug').replace('"hot"', '"hybrid"'))
  await until(() => handle.current.gateway?.port === 3)
  t.equal(changes.at(-1)?.plan.kind, 'restart')
})

t.test('mode hot: a new section that waits and is taken back leaves nothing', async (t) => {
  const { handle, source, until } = await watching(t, '{ gateway: { reload: { mode: "hot" } } }')
  await writeFile(
    source.path,
    '{ gateway: { reload: { mode: "hot" }, tls: { enabled: true } }, discovery: { mdns: { mode: "off" } } }',
  )
  await until(() => handle.status.pendingRestart.length === 2)
  t.same(handle.current, { gateway: { reload: { mode: 'hot' } } })
  await put(source, '{ gateway: { reload: { mode: "hot" } } }')
  await until(() => handle.status.pendingRestart.length === 0)
  t.same(handle.current, { gateway: { reload: { mode: 'hot' } } })
})

t.test('mode off: nothing is applied until it is turned on again', async (t) => {
  const { handle, source, changes, until } = await watching(t, '{ logging: { level: "info" } }')
  await put(source, '{ logging: { level: "debug" }, gateway: { reload: { mode: "off" } } }')
  await until(() => handle.status.pendingRestart.length > 0)
  t.same(handle.current, { logging: { level: 'info' } })
  t.same([...handle.status.pendingRestart].sort(), ['gateway.reload.mode', 'logging.level'])
  await put(source, '{ logging: { level: "trace" } }')
  await until(() => handle.current.logging?.level === 'trace')
  t.same(handle.status.pendingRestart, [])
  t.equal(changes.at(-1)?.plan.kind, 'none')
})

t.test('mode restart: any change rebuilds', async (t) => {
  const { source, changes, until } = await watching(t, '{ gateway: { reload: { mode: "restart" } } }')
  await put(source, '{ gateway: { reload: { mode: "restart" } }, session: { scope: "global" } }')
  await until(() => changes.length > 0)
  t.equal(changes[0]?.plan.kind, 'restart')
})

t.test('many writes in a row are one change', async (t) => {
  const { source, changes, until } = await watching(t, '{ gateway: { port: 1 } }', { debounceMs: 200 })
  for (let port = 2; port <= 9; port++) await put(source, `{ gateway: { port: ${port} } }`)
  await until(() => changes.length > 0)
  t.match(changes, [{ next: { gateway: { port: 9 } } }])
})

t.test('changes come one after the other, and a listener that fails is logged', async (t) => {
  const { handle, source, log } = await watching(t, '{ gateway: { port: 1 } }')
  const order: string[] = []
  handle.onChange(async ({ next }) => {
    order.push(`begin ${next.gateway?.port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    order.push(`end ${next.gateway?.port}`)
    throw new Error('no')
  })
  await put(source, '{ gateway: { port: 2 } }')
  const first = handle.reload()
  await new Promise((resolve) => setTimeout(resolve, 10))
  await put(source, '{ gateway: { port: 3 } }')
  await Promise.all([first, handle.reload()])
  t.same(order, ['begin 2', 'end 2', 'begin 3', 'end 3'])
  t.match(log.errors, [/could not take over/, /could not take over/])
})

t.test('an edit between the first reading and the watching is not missed', async (t) => {
  const source = await sourceOf(t, '{ gateway: { port: 1 } }')
  const { loadConfig } = await import('../../src/config/load.js')
  const initial = await loadConfig(source)
  if (!initial.ok) throw new Error('expected a valid config')
  await put(source, '{ gateway: { port: 2 } }')
  const handle = await openConfig(source, { log: silentLogger, debounceMs: 1, initial })
  while (handle.current.gateway?.port !== 2) await new Promise((resolve) => setTimeout(resolve, 5))
  t.ok(handle.status.valid)
  await handle.close()
})

t.test('a bad file to begin with is refused with every issue', async (t) => {
  const source = await sourceOf(t, '{\n gateway: { prot: 1 } }')
  const failure = await openConfig(source, { log: silentLogger }).then(
    () => undefined,
    (error: unknown) => error,
  )
  t.match(failure, {
    code: 'config_invalid',
    message: /openclaw\.json:2:13 gateway\.prot: .*"port"/,
    row: { exit: 78 },
    details: { issues: [{ line: 2 }] },
  })
})

t.test('after close nothing happens any more', async (t) => {
  const { handle, source, changes } = await watching(t, '{ gateway: { port: 1 } }')
  await handle.close()
  await put(source, '{ gateway: { port: 2 } }')
  await handle.reload()
  t.same([handle.current, changes], [{ gateway: { port: 1 } }, []])
})

t.test('a redacted text is not kept as the last good one', async (t) => {
  const { source } = await watching(t, '{ ui: { note: "__OPENCLAW_REDACTED__" } }')
  t.equal(await lastGood(source).catch(() => 'none'), 'none')
})
