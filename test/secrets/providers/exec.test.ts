import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import { Stop } from '../../../src/kernel/stop.js'
import { until } from '../../helper/calls.js'
import { testFolder } from '../../helper/folder.js'
import { standIn } from '../../helper/program.js'
import { askAll, askOne } from '../ask.js'

type Providers = NonNullable<NonNullable<Config['secrets']>['providers']>
type Exec = Extract<Providers[string], { source: 'exec' }>

const ref = (id: string, provider = 'v') => ({ source: 'exec' as const, provider, id })
const provider = (command: string, more: Partial<Exec> = {}): Config['secrets'] => ({
  providers: { v: { source: 'exec', command, ...more } },
})
/** Answers as protocol version 1 says, with `value of <id>`. */
const vault = `const { ids } = JSON.parse(call.input)
say({ protocolVersion: 1, values: Object.fromEntries(ids.map((id) => [id, 'value of ' + id])) })`

t.test('one run for all ids, each once, and nothing in its arguments or its environment', async (t) => {
  const program = standIn(t, 'vault', vault)
  const secrets = provider(program.path, {
    args: ['get', '--quiet'],
    passEnv: ['HOME', 'MISSING'],
    env: { OWN: 'set' },
  })
  const env = { HOME: '/home/me', SECRET_OTHER: 'not passed', PATH: '/usr/bin' }
  t.strictSame(await askAll([ref('db/a'), ref('db/b#x'), ref('db/a')], { secrets, env }), [
    'value of db/a',
    'value of db/b#x',
    'value of db/a',
  ])
  const [call, ...more] = program.calls
  t.equal(more.length, 0)
  t.strictSame(JSON.parse(call?.input ?? ''), { protocolVersion: 1, provider: 'v', ids: ['db/a', 'db/b#x'] })
  t.strictSame(call?.argv, ['get', '--quiet'])
  t.equal(call?.cwd, dirname(program.path))
  const { OPENCLAW_EXEC_ID, ...own } = call?.env ?? {}
  t.ok(OPENCLAW_EXEC_ID, 'by which its processes are found')
  t.strictSame(own, { HOME: '/home/me', OWN: 'set' })
})

t.test('no shell reads its arguments', async (t) => {
  const program = standIn(t, 'vault', vault)
  const args = ['$(touch pwned)', '; touch pwned', '$HOME']
  await askOne(ref('a'), { secrets: provider(program.path, { args }) })
  t.strictSame(program.calls[0]?.argv, args)
  t.notOk(existsSync(join(program.folder, 'pwned')))
})

t.test('errors of single ids', async (t) => {
  const program = standIn(
    t,
    'vault',
    `say({ protocolVersion: 1, values: { a: 'fine', b: 'shadowed' }, errors: {
       b: { code: 'NOT_FOUND', message: 'words-of-the-vault' }, c: { code: 'AMBIGUOUS_DUPLICATE_KEY' }, d: { code: 'words-of-the-vault' } } })`,
  )
  const found = await askAll(
    ['a', 'b', 'c', 'd', 'e'].map((id) => ref(id)),
    { secrets: provider(program.path) },
  )
  t.match(found, [
    'fine',
    ['SECRET_REF_NOT_FOUND', /\(NOT_FOUND\)/],
    ['SECRET_REF_NOT_FOUND', /\(AMBIGUOUS_DUPLICATE_KEY\)/],
    ['SECRET_REF_PROVIDER_ERROR', /could not give/],
    ['SECRET_REF_NOT_FOUND', /does not know/],
  ])
  t.notMatch(JSON.stringify(found), /words-of-the-vault/)
})

t.test('programs that print one value', async (t) => {
  const rows: [name: string, body: string, expected: unknown][] = [
    ['as op read', `process.stdout.write('s3cret value\\n')`, 's3cret value'],
    ['a JSON text', `say('quoted')`, 'quoted'],
    ['digits', `process.stdout.write('123456')`, '123456'],
    ['an answer all the same', `say({ protocolVersion: 1, values: { value: 'v1' } })`, 'v1'],
    ['other JSON', `say({ data: 1 })`, ['SECRET_REF_PROVIDER_CONTRACT', /not an answer/]],
    ['nothing', '', ['SECRET_REF_PROVIDER_ERROR', /printed nothing/]],
    ['blanks', `process.stdout.write(' \\n')`, ['SECRET_REF_PROVIDER_ERROR', /printed nothing/]],
  ]
  for (const [name, body, expected] of rows) {
    const program = standIn(t, 'op', body)
    t.match(await askOne(ref('value'), { secrets: provider(program.path, { jsonOnly: false }) }), expected, name)
  }
  const program = standIn(t, 'op', `process.stdout.write('hidden-text')`)
  const plain = await askOne(ref('value'), { secrets: provider(program.path) })
  t.match(plain, ['SECRET_REF_PROVIDER_CONTRACT', /jsonOnly/])
  const two = await askAll([ref('a'), ref('b')], { secrets: provider(program.path, { jsonOnly: false }) })
  t.match(two, [['SECRET_REF_PROVIDER_CONTRACT', /provider of its own/], ['SECRET_REF_PROVIDER_CONTRACT']])
  t.notMatch(JSON.stringify([plain, two]), /hidden-text/)
})

t.test('what a failing program says is not shown', async (t) => {
  const program = standIn(
    t,
    'vault',
    `process.stderr.write('hidden-text'); process.stdout.write('hidden-text'); process.exit(3)`,
  )
  const found = await askOne(ref('a'), { secrets: provider(program.path) })
  t.match(found, ['SECRET_REF_PROVIDER_ERROR', /exit code 3/])
  t.notMatch(JSON.stringify(found), /hidden-text/)
  program.behave(`process.kill(process.pid, 'SIGKILL')`)
  t.match(await askOne(ref('a'), { secrets: provider(program.path) }), ['SECRET_REF_PROVIDER_ERROR', /SIGKILL/])
  program.behave(`say({ protocolVersion: 2, values: {} })`)
  t.match(await askOne(ref('a'), { secrets: provider(program.path) }), [
    'SECRET_REF_PROVIDER_CONTRACT',
    /another version/,
  ])
  program.behave(`say({ protocolVersion: 1 })`)
  t.match(await askOne(ref('a'), { secrets: provider(program.path) }), ['SECRET_REF_PROVIDER_CONTRACT', /no values/])
})

t.test('one that hangs is ended with everything that it started', async (t) => {
  const program = standIn(
    t,
    'vault',
    `const { spawn } = require('node:child_process')
     const other = spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' })
     fs.writeFileSync(folder + '/child', String(other.pid))
     setInterval(() => process.stdout.write(' '), 20)`,
  )
  const found = await askOne(ref('a'), { secrets: provider(program.path, { timeoutMs: 1_500 }) })
  t.match(found, ['SECRET_REF_PROVIDER_ERROR', /longer than 1500 ms/])
  const child = Number(readFileSync(join(program.folder, 'child'), 'utf8'))
  t.notOk(runs(child), 'also what had left its process group')
  t.notOk(runs(program.calls[0]?.pid ?? 0))
})

t.test('silence and floods have limits of their own', async (t) => {
  const program = standIn(t, 'vault', `setInterval(() => {}, 1_000)`)
  t.match(await askOne(ref('a'), { secrets: provider(program.path, { timeoutMs: 60_000, noOutputTimeoutMs: 300 }) }), [
    'SECRET_REF_PROVIDER_ERROR',
    /said nothing/,
  ])
  program.behave(`process.stdout.write('x'.repeat(5_000)); setInterval(() => {}, 1_000)`)
  t.match(await askOne(ref('a'), { secrets: provider(program.path, { timeoutMs: 60_000, maxOutputBytes: 1_000 }) }), [
    'SECRET_REF_PROVIDER_ERROR',
    /maxOutputBytes/,
  ])
})

t.test('the end of the gateway ends what it asks', async (t) => {
  const program = standIn(t, 'vault', `setInterval(() => {}, 1_000)`)
  const signal = new Stop()
  const asked = askOne(ref('a'), { secrets: provider(program.path, { timeoutMs: 60_000 }), signal })
  await until(() => program.calls.length === 1)
  signal.abort(new Error('the end'))
  t.match(await asked, ['SECRET_REF_PROVIDER_ERROR', /called off/])
  t.notOk(runs(program.calls[0]?.pid ?? 0))
})

t.test('a program that others could have changed does not run', async (t) => {
  const program = standIn(t, 'vault', vault)
  const look = (command = program.path, more: Partial<Exec> = {}) =>
    askOne(ref('a'), { secrets: provider(command, more) })
  const denied = (words: RegExp) => ['SECRET_REF_POLICY_DENIED', words]
  for (const mode of [0o775, 0o757, 0o777]) {
    chmodSync(program.path, mode)
    t.match(await look(), denied(/changed by other users/), mode.toString(8))
  }
  chmodSync(program.path, 0o644)
  t.match(await look(), denied(/not executable/))
  chmodSync(program.path, 0o755)
  t.match(await look(program.folder), denied(/not a regular file/))
  t.match(await look(join(program.folder, 'none')), ['SECRET_PROVIDER_UNAVAILABLE', /no such program/])
  t.match(await look('vault'), ['SECRET_PROVIDER_INVALID', /absolute/])
  t.match(await look(program.path, { trustedDirs: ['/usr/bin'] }), denied(/none of its trustedDirs/))
  t.equal(await look(program.path, { trustedDirs: ['/usr/bin', program.folder] }), 'value of a')
  t.match(await look(program.path, { trustedDirs: [program.path] }), denied(/none of its trustedDirs/))
  const ran = program.calls.length
  t.equal(ran, 1, 'nothing ran but the trusted one')

  const open = join(testFolder(t), 'open')
  mkdirSync(open)
  writeFileSync(join(open, 'vault'), readFileSync(program.path), { mode: 0o755 })
  chmodSync(open, 0o777)
  t.match(await look(join(open, 'vault')), denied(/folder that every user may change/))
  chmodSync(open, 0o1777)
  t.equal(await look(join(open, 'vault')), 'value of a', 'with the sticky bit nobody else can')
})

t.test('links only where they are allowed', async (t) => {
  const program = standIn(t, 'vault', vault)
  const folder = testFolder(t)
  const link = join(folder, 'vault')
  symlinkSync(program.path, link)
  const look = (more: Partial<Exec>) => askOne(ref('a'), { secrets: provider(link, more) })
  t.match(await look({}), ['SECRET_REF_POLICY_DENIED', /symbolic link/])
  t.match(await look({ allowSymlinkCommand: true }), ['SECRET_REF_POLICY_DENIED', /needs trustedDirs/])
  t.match(await look({ allowSymlinkCommand: true, trustedDirs: [folder] }), ['SECRET_REF_POLICY_DENIED', /trustedDirs/])
  t.equal(await look({ allowSymlinkCommand: true, trustedDirs: [program.folder] }), 'value of a')
  chmodSync(program.path, 0o775)
  t.match(await look({ allowSymlinkCommand: true, trustedDirs: [program.folder] }), [
    'SECRET_REF_POLICY_DENIED',
    /other users/,
  ])
})

t.test(
  'a program of root may be used by anybody',
  { skip: process.getuid?.() === 0 && 'here everybody is root' },
  async (t) => {
    const found = await askOne(ref('value'), {
      secrets: provider('/bin/echo', {
        args: ['hello'],
        jsonOnly: false,
        allowSymlinkCommand: true,
        trustedDirs: ['/bin'],
      }),
    })
    t.equal(found, 'hello')
  },
)

t.test('limits of a batch', async (t) => {
  const program = standIn(t, 'vault', vault)
  const many = Array.from({ length: 600 }, (_, index) => ref(`id-${index}`))
  const limited = { ...provider(program.path), resolution: { maxRefsPerProvider: 10 } }
  t.match((await askAll(many, { secrets: limited }))[0], ['SECRET_PROVIDER_INVALID', /600 references, more than 10/])
  t.match((await askAll(many, { secrets: provider(program.path) }))[599], ['SECRET_PROVIDER_INVALID', /more than 512/])
  const long = [ref(`a${'b'.repeat(200)}`), ref('c')]
  const small = { ...provider(program.path), resolution: { maxBatchBytes: 100 } }
  t.match((await askAll(long, { secrets: small }))[1], ['SECRET_PROVIDER_INVALID', /maxBatchBytes/])
  t.equal(program.calls.length, 0)
  t.equal((await askAll(many.slice(0, 512), { secrets: provider(program.path) }))[511], 'value of id-511')
})

/** A process that exists and is no zombie. */
function runs(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ''
  return stat !== '' && !/\) [ZX] /.test(stat)
}
