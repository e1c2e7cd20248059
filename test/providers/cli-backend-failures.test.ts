import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bearer } from '../helper/gateway.js'
import { claudeBody, fileSays, mark, type StandIn, standIn } from '../helper/program.js'
import { fails } from '../models/failover-fixture.js'
import { gatewayWithPrograms, imageContent } from './cli-fixture.js'

const endless = 'setInterval(() => {}, 1000)'

t.test('not installed: the error names the command, and whoever stands in answers', async (t) => {
  const backends = { 'claude-cli': { command: 'claude-that-is-nowhere' } }
  const alone = await gatewayWithPrograms(t, { backends, model: 'claude-cli/opus-4.6' })
  const { status, error } = await alone.ask('hi')
  t.equal(status, 404)
  t.match(error.message, /The command "claude-that-is-nowhere" of claude-cli is not installed/)
  t.match(error.message, /agents\.defaults\.cliBackends\.claude-cli\.command/)
  const several = await gatewayWithPrograms(t, {
    backends,
    model: { primary: 'claude-cli/opus-4.6', fallbacks: ['a/one'] },
    scripts: { a: 'from a' },
  })
  t.equal((await several.ask('hi')).text, 'from a')
  if (several.up.a) several.up.a.script = fails(401, 'bad key')
  const nobody = await several.ask('hi')
  t.equal(nobody.error.code, 'all_models_failed')
  t.match(
    nobody.error.message,
    /claude-cli\/opus-4\.6: The command "claude-that-is-nowhere" of claude-cli is not installed/,
  )
})

t.test('settings that cannot work are told before anything is started', async (t) => {
  const cases: [object, RegExp][] = [
    [{ enabled: false, command: '/bin/true' }, /cliBackends\.own\.enabled is false/],
    [{ args: ['x'] }, /cliBackends\.own\.command is missing/],
    [{ command: './own' }, /cliBackends\.own\.command must be a name that is in PATH, or an absolute path/],
    [
      { command: '/bin/true', env: { KEY: '$NOWHERE_SET' } },
      /cliBackends\.own\.env\.KEY: The environment variable NOWHERE_SET is not set/,
    ],
  ]
  for (const [own, message] of cases) {
    const gateway = await gatewayWithPrograms(t, { backends: { own }, model: 'own/x' })
    t.match((await gateway.ask('hi')).error.message, message)
    await gateway.app.close()
  }
})

t.test('what a program says when it fails decides who is asked next', async (t) => {
  const cases: [string, number, string][] = [
    [`process.stderr.write('Not logged in. Please run /login'); process.exitCode = 1`, 502, 'upstream_auth_failed'],
    [`process.stderr.write('You have hit your usage limit'); process.exitCode = 1`, 429, 'rate_limit_exceeded'],
    [`say({ type: 'result', is_error: true, result: 'Credit balance is too low' })`, 502, 'upstream_billing'],
    [`say({ type: 'turn.failed', error: { message: 'prompt is too long' } })`, 400, 'context_length_exceeded'],
    [`say({ type: 'error', message: 'API Error: 529 overloaded' }); process.exitCode = 2`, 502, 'upstream_error'],
    [`process.stderr.write('model nothing-1 does not exist'); process.exitCode = 1`, 404, 'upstream_not_found'],
    [`process.kill(process.pid, 'SIGKILL')`, 502, 'upstream_error'],
    [`process.stdout.write('this is no JSON\\n')`, 502, 'upstream_error'],
    [``, 502, 'upstream_error'],
    [`process.stdout.write('x'.repeat(17 << 20)); ${endless}`, 502, 'upstream_error'],
  ]
  const own = standIn(t, 'own', '')
  const backends = { own: { command: own.path, input: 'stdin', output: 'jsonl' } }
  for (const [body, status, code] of cases) {
    own.behave(body)
    const gateway = await gatewayWithPrograms(t, { backends, model: 'own/x' })
    const answer = await gateway.ask('hi')
    t.equal(answer.status, status, `${body}: ${answer.body}`)
    t.equal(answer.error.code, code, body)
    await gateway.app.close()
  }
})

t.test('a key in what it complains of stays out of the error', async (t) => {
  const own = standIn(t, 'own', `process.stderr.write('bad key ' + process.env.OWN_KEY); process.exitCode = 1`)
  const gateway = await gatewayWithPrograms(t, {
    backends: { own: { command: own.path, env: { OWN_KEY: 'very-secret-9876' } } },
    model: 'own/x',
  })
  const warned: string[] = []
  gateway.app.runtime.bus.on('run.finished', ({ final }) =>
    warned.push(String((final as { error?: Error }).error?.cause)),
  )
  t.notMatch((await gateway.ask('hi')).body, /very-secret/)
  t.match(warned, [/own\/x .* ended with code 1: bad key \*\*\*/])
})

t.test('time: one that is silent, and one that is never done', async (t) => {
  const own = standIn(t, 'own', endless)
  const settings = { command: own.path, output: 'jsonl' }
  const cases: [string, object][] = [
    [endless, { ...settings, noOutputTimeoutMs: 3_000 }],
    [`setInterval(() => say({ type: 'system' }), 50)`, { ...settings, noOutputTimeoutMs: 5_000, timeoutSeconds: 1 }],
  ]
  for (const [body, settings] of cases) {
    own.behave(body)
    const gateway = await gatewayWithPrograms(t, { backends: { own: settings }, model: 'own/x' })
    t.equal((await gateway.ask('hi')).error.code, 'upstream_timeout')
    t.throws(() => process.kill(pidOf(own, -1), 0), { code: 'ESRCH' }, 'it is gone')
    await gateway.app.close()
  }
})

t.test('called off: nothing of its process group is left, and the gateway closes while it runs', async (t) => {
  const own = standIn(t, 'own', '')
  // Ignores SIGTERM, and has a child that has left the group.
  own.behave(`
    process.on('SIGTERM', () => {})
    const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(endless)}],
      { detached: true, stdio: 'ignore' })
    fs.writeFileSync(folder + '/started' + calls, 'started ' + child.pid + ' ')
    ${endless}`)
  const backends = { own: { command: own.path } }
  const gateway = await gatewayWithPrograms(t, { backends, model: 'own/x' })
  const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  const abort = new AbortController()
  const request = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openclaw', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    signal: abort.signal,
  })
  const first = pidIn(await fileSays(join(own.folder, 'started0'), ' '))
  abort.abort()
  await t.rejects(request)
  await gone(pidOf(own, 0))
  await gone(first)
  const second = gateway.ask('again')
  const child = pidIn(await fileSays(join(own.folder, 'started1'), ' '))
  await gateway.app.close()
  await second.catch(() => {})
  for (const pid of [pidOf(own, 1), child]) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

t.test('one turn at a time, and whoever is called off while waiting leaves', async (t) => {
  const own = standIn(t, 'own', '')
  own.behave(`
    fs.appendFileSync(folder + '/order', 'begin ')
    const wait = setInterval(() => {
      if (!fs.existsSync(folder + '/go')) return
      clearInterval(wait)
      fs.appendFileSync(folder + '/order', 'end ')
      process.stdout.write('done')
    }, 10)`)
  const gateway = await gatewayWithPrograms(t, { backends: { own: { command: own.path } }, model: 'own/x' })
  const ask = (session: string) => gateway.ask('hi', { session })
  const first = ask('a')
  const order = join(own.folder, 'order')
  await fileSays(order, 'begin')
  const second = ask('b')
  const third = ask('c')
  await until(() => gateway.app.runtime.agents.active === 3)
  const waiting = gateway.app.runtime.agents.live.of('agent:main:c')[0]
  t.ok(waiting)
  waiting?.abort()
  t.not((await third).status, 200)
  mark(join(own.folder, 'go'))
  t.equal((await first).text, 'done')
  t.equal((await second).text, 'done')
  t.equal(await fileSays(order, 'end begin end'), 'begin end begin end ')
})

t.test('side by side when it may', async (t) => {
  const own = standIn(t, 'own', '')
  own.behave(`
    fs.appendFileSync(folder + '/order', 'begin ')
    const wait = setInterval(() => {
      if (fs.readFileSync(folder + '/order', 'utf8').split('begin').length < 3) return
      clearInterval(wait)
      process.stdout.write('done')
    }, 10)`)
  const backends = { own: { command: own.path, serialize: false } }
  const gateway = await gatewayWithPrograms(t, { backends, model: 'own/x' })
  const both = await Promise.all([gateway.ask('hi'), gateway.ask('hi')])
  t.same(
    both.map(({ text }) => text),
    ['done', 'done'],
  )
})

t.test('an image is refused where the program takes none', async (t) => {
  const own = standIn(t, 'own', '')
  const gateway = await gatewayWithPrograms(t, { backends: { own: { command: own.path } }, model: 'own/x' })
  t.equal((await gateway.ask('', { content: imageContent('look') })).status, 400)
  t.same(own.calls, [])
})

t.test('a session that the program stumbles over is left behind', async (t) => {
  const claude = standIn(t, 'claude', claudeBody)
  const gateway = await gatewayWithPrograms(t, {
    backends: { 'claude-cli': { command: claude.path } },
    model: 'claude-cli/sonnet',
  })
  const ask = (words: string) => gateway.ask(words, { session: 'main' })
  await ask('one')
  claude.behave(`process.exitCode = 7`)
  t.equal((await ask('two')).status, 502)
  claude.behave(claudeBody)
  t.match((await ask('three')).text, /<user>\none\n[\s\S]*<user>\ntwo\n[\s\S]*<user>\nthree/)
  t.notOk(claude.calls[2]?.argv.includes('--resume'))
})

t.test('leftovers of a crash go', async (t) => {
  const claude = standIn(t, 'claude', claudeBody)
  const gateway = await gatewayWithPrograms(t, {
    backends: { 'claude-cli': { command: claude.path } },
    model: 'claude-cli/sonnet',
  })
  const left = join(gateway.instance.paths.state, 'cli', 'claude-cli', 'turn-old')
  mkdirSync(left, { recursive: true })
  await gateway.ask('one')
  t.notOk(existsSync(left))
})

function pidOf({ calls }: StandIn, at: number): number {
  const call = calls.at(at)
  if (!call) throw new Error('it was not started')
  return call.pid
}

const pidIn = (text: string) => Number(/\d+/.exec(text)?.[0])

function gone(pid: number): Promise<void> {
  return until(() => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  })
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10))
}
