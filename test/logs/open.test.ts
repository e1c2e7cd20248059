import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Clock } from '../../src/kernel/clock.js'
import { type LogsOptions, openLogs } from '../../src/logs/open.js'
import { testFolder } from '../helper/folder.js'

/** A clock that a test moves by hand; it starts at noon, local time. */
function handClock() {
  let ms = new Date(2026, 10, 20, 12).getTime()
  const clock: Clock = { now: () => ms, monotonic: () => ms, after: () => () => {} }
  const pass = (by: number) => {
    ms += by
  }
  return { clock, pass }
}

const config = { level: 'info', consoleLevel: 'warn', consoleStyle: 'compact' }
const dayMs = 24 * 60 * 60 * 1000

function open(t: Test, more: Partial<LogsOptions> = {}) {
  const folder = join(t.testdir(), 'logs')
  const { clock, pass } = handClock()
  const lines: string[] = []
  const console = { write: (line: string) => void lines.push(line) }
  const logs = openLogs({
    folder,
    home: join(folder, '..'),
    prefix: 'openclaw',
    profile: 'default',
    clock,
    config,
    console,
    ...more,
  })
  t.teardown(() => logs.close())
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { folder, logs, pass, lines, read }
}

/** The file is opened and written in the background; the test's own time limit ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  const now = () => {
    try {
      return holds()
    } catch {
      return false
    }
  }
  while (!now()) await new Promise(setImmediate)
}

t.test('one file a day, for this user only, one JSON object a line', async (t) => {
  const { folder, logs, pass, read } = open(t)
  logs.logger.info({ a: 1 }, 'today')
  pass(dayMs)
  logs.logger.info({}, 'tomorrow')
  await logs.close()
  t.strictSame(readdirSync(folder).sort(), ['openclaw-2026-11-20.log', 'openclaw-2026-11-21.log'])
  t.match(JSON.parse(read('openclaw-2026-11-20.log')), { level: 30, profile: 'default', a: 1, msg: 'today' })
  t.match(JSON.parse(read('openclaw-2026-11-21.log')), { msg: 'tomorrow' })
  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.equal(statSync(join(folder, 'openclaw-2026-11-20.log')).mode & 0o777, 0o600)
})

t.test('a large file is set aside, five are kept, and no line is lost between them', async (t) => {
  const { folder, logs, read } = open(t, { config: { ...config, maxFileBytes: 500 } })
  for (let n = 0; n < 100; n += 1) {
    logs.logger.info({ n }, 'x'.repeat(200))
    await until(() => read('openclaw-2026-11-20.log').includes(`"n":${n},`))
  }
  await logs.close()
  const files = readdirSync(folder).sort()
  t.equal(files.length, 6)
  t.match(files.at(-1), /\.log\.5$/)
  const numbers = files.flatMap((name) => read(name).trim().split('\n')).map((line) => JSON.parse(line).n as number)
  const kept = numbers.sort((a, b) => a - b)
  t.equal(kept.at(-1), 99)
  t.strictSame(
    kept,
    Array.from({ length: kept.length }, (_, index) => 100 - kept.length + index),
  )
})

t.test('a file that the config names is used as it is, whatever the day, from the next line on', async (t) => {
  const { folder, logs, pass, read } = open(t, { config: { ...config, file: '~/logs/own.log' } })
  t.equal(logs.filePath, join(folder, 'own.log'))
  logs.logger.info({}, 'one')
  pass(dayMs)
  logs.logger.info({}, 'two')
  logs.apply({ ...config, file: 'deep/other.log' })
  logs.logger.info({}, 'three')
  logs.apply(config)
  logs.logger.info({}, 'four')
  await logs.close()
  await until(() => read('own.log').includes('"two"'))
  t.match(read('own.log'), /"one"[\s\S]*"two"\}\n$/)
  t.match(read('deep/other.log'), /^[^\n]*"three"\}\n$/)
  t.match(read('openclaw-2026-11-21.log'), /^[^\n]*"four"\}\n$/)
})

t.test('a named file is set aside by its size, a link stays in its place', async (t) => {
  const { folder, logs, read } = open(t, { config: { ...config, file: 'link.log', maxFileBytes: 100 } })
  mkdirSync(folder)
  symlinkSync(join(folder, 'target.log'), join(folder, 'link.log'))
  const write = async (file: string) => {
    logs.apply({ ...config, file, maxFileBytes: 100 })
    for (let n = 0; n < 3; n += 1) {
      logs.logger.info({ n }, file + 'x'.repeat(100))
      await until(() => read(file).includes(`"n":${n},"msg":"${file}`))
    }
  }
  await write('link.log')
  await write('own.log')
  await logs.close()
  t.strictSame(readdirSync(folder).sort(), ['link.log', 'own.log', 'own.log.1', 'own.log.2', 'target.log'])
  t.equal(read('target.log').split('\n').length, 4)
})

t.test('known secrets are blanked, whatever put them there and however JSON spells them', async (t) => {
  const { logs, lines, read } = open(t)
  logs.hide(['plain-secret', 'with"quote\\and', 'short'])
  logs.logger.warn({ url: 'http://x/?token=plain-secret', err: new Error('no: with"quote\\and') }, 'plain-secret short')
  await logs.close()
  for (const text of [read('openclaw-2026-11-20.log'), lines.join('')]) {
    t.notMatch(text, /plain-secret|quote/)
    t.match(text, /\[redacted\] short/, 'a short word is no secret')
  }
})

t.test('each sink has its level, and both may change', async (t) => {
  const { logs, lines, read } = open(t)
  logs.logger.info({}, 'one')
  logs.logger.warn({}, 'two')
  logs.apply({ level: 'error', consoleLevel: 'debug', consoleStyle: 'compact' })
  logs.logger.debug({}, 'three')
  await logs.close()
  t.match(read('openclaw-2026-11-20.log'), /one[\s\S]*two/)
  t.notMatch(read('openclaw-2026-11-20.log'), /three/)
  t.strictSame(lines, ['warn two\n', 'debug three\n'])
})

t.test(
  'a folder that somebody else made in a shared place meanwhile gets no line',
  { skip: !process.getuid },
  async (t) => {
    const place = join(testFolder(t), 'tmp')
    chmodSync(place, 0o1777)
    const { logs } = open(t, { folder: join(place, 'openclaw') })
    mkdirSync(join(place, 'openclaw'))
    chmodSync(join(place, 'openclaw'), 0o777)
    const named = open(t, { folder: join(place, 'linked') })
    mkdirSync(join(place, 'target'))
    symlinkSync(join(place, 'target'), join(place, 'linked'))
    const own = open(t, { folder: join(place, 'own') })
    for (const one of [logs, named.logs, own.logs]) {
      one.logger.info({}, 'private')
      await one.close()
    }
    t.strictSame(
      ['openclaw', 'target', 'own'].map((name) => readdirSync(join(place, name)).length),
      [0, 0, 1],
    )
  },
)

t.test('what is written after the end is dropped and opens nothing', async (t) => {
  const { folder, logs } = open(t)
  await logs.close()
  logs.logger.info({}, 'late')
  await new Promise(setImmediate)
  t.throws(() => statSync(folder), { code: 'ENOENT' })
})

t.test('a folder that cannot be used costs lines, and comes back', async (t) => {
  const { folder, logs, pass, read } = open(t)
  writeFileSync(folder, 'a file where the folder should be')
  logs.logger.info({}, 'lost')
  await new Promise((resolve) => setTimeout(resolve, 50))
  rmSync(folder)
  logs.logger.info({}, 'not tried again at once')
  pass(10_000)
  logs.logger.info({}, 'back')
  await logs.close()
  t.match(read('openclaw-2026-11-20.log'), /^[^\n]*"msg":"back"\}\n$/)
})

const levels: [config: object, overrides: object, file: string[], console: string[]][] = [
  [{}, {}, ['info', 'warn', 'error'], ['info', 'warn', 'error']],
  [{ level: 'warn', consoleLevel: 'error' }, {}, ['warn', 'error'], ['error']],
  [{ level: 'warn' }, { env: 'debug' }, ['debug', 'info', 'warn', 'error'], ['debug', 'info', 'warn', 'error']],
  [{ level: 'warn' }, { verbose: true }, ['warn', 'error'], ['debug', 'info', 'warn', 'error']],
  [{ level: 'nonsense', consoleLevel: 'silent' }, {}, ['info', 'warn', 'error'], []],
]
for (const [config, overrides, inFile, onConsole] of levels) {
  t.test(
    `levels of ${JSON.stringify(config)} with ${JSON.stringify(overrides)}, before and after a change`,
    async (t) => {
      for (const changed of [false, true]) {
        const before = changed ? {} : config
        const { logs, lines, read } = open(t, { config: { ...before, consoleStyle: 'json' }, overrides })
        if (changed) logs.apply({ ...config, consoleStyle: 'json' })
        for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) logs.logger[level]({}, level)
        await logs.close()
        const words = (text: string) =>
          text
            .trim()
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line).msg)
        t.strictSame(words(read('openclaw-2026-11-20.log')), inFile)
        t.strictSame(words(lines.join('')), onConsole)
      }
    },
  )
}
