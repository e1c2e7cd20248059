import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { platform } from 'node:process'
import t, { type Test } from 'tap'
import type { Instance } from '../src/instance/types.js'
import { type Clock, systemClock } from '../src/kernel/clock.js'
import { type RunningGateway, runGateway } from '../src/main.js'
import { openSqliteStore } from '../src/storage/sqlite.js'
import { activeTurns, chatOnWire, openWire, postChat, until } from './helper/calls.js'
import { bearer, eventData, testInstance, token, upstreamConfig } from './helper/gateway.js'
import { startUpstream } from './helper/upstream.js'
import { watchedFolders } from './helper/watches.js'

/** Ten seconds and more are fifty times shorter. */
const hasty: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms < 10_000 ? ms : ms / 50, run) }

function config(gateway: object = {}, more: object = {}) {
  const http = { endpoints: { chatCompletions: { enabled: true } } }
  const usual = { mode: 'local', bind: 'loopback', auth: { mode: 'token', token }, reload: { debounceMs: 20 }, http }
  return { gateway: { ...usual, ...gateway }, ...more }
}

async function start(t: Test, instance: Instance, flags: object = { port: 0 }): Promise<RunningGateway> {
  const gateway = await runGateway(instance, flags, { clock: hasty })
  t.teardown(() => gateway.close())
  return gateway
}

const write = (instance: Instance, value: object) => writeFileSync(instance.paths.config, JSON.stringify(value))
const recordedPort = (instance: Instance) => JSON.parse(readFileSync(instance.paths.runFile, 'utf8')).port as number
const say = (content: string) => ({ messages: [{ role: 'user', content }] })

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

t.test('a stop waits for turns, then ends them in words, and what they said so far is kept', async (t) => {
  const upstream = await startUpstream(t, (seen) => {
    const said = JSON.stringify(seen.body.messages)
    if (said.includes('large')) return { text: 'x'.repeat(16_000_000), chunkSize: 200_000 }
    return said.includes('long') ? { text: 'word '.repeat(900), delayMs: 10 } : { hangAfter: 0 }
  })
  const instance = await testInstance(t, config({}, upstreamConfig(upstream.baseUrl)))
  const gateway = await start(t, instance)
  const stream = postChat(gateway, { stream: true, user: 'me', ...say('long') }).then((response) => response.text())
  const whole = postChat(gateway, say('hang'))
  await until(() => upstream.active === 2)
  const waiting = postChat(gateway, { user: 'me', ...say('queued') })
  const stuck = openWire(gateway, chatOnWire({ stream: true, user: 'stuck', ...say('large') }))
  stuck.socket.pause()
  await until(async () => (await activeTurns(gateway)) === 4)
  await gateway.close()

  const data = eventData(await stream)
  t.match(JSON.parse(data.at(-2) ?? ''), { error: { code: 'draining', param: null } })
  t.equal(data.at(-1), '[DONE]')
  const [began, queued] = [await whole, await waiting]
  for (const response of [began, queued]) {
    t.equal(response.status, 503)
    t.equal(response.headers.get('retry-after'), '1')
  }
  t.equal(began.headers.get('x-should-retry'), 'false')
  t.equal(queued.headers.get('x-should-retry'), null, 'it never began, so the next gateway may have it')
  stuck.socket.resume()
  await stuck.closed

  const store = await openSqliteStore(instance.paths.database)
  t.teardown(() => store.close())
  for (const user of ['me', 'stuck']) {
    const kept = await store.transcripts.current(`agent:main:openai-user:${user}`)
    t.match(kept, [
      { body: { message: { role: 'user' } } },
      { body: { message: { role: 'assistant' }, aborted: true } },
    ])
    t.match(await store.runs.get(kept[0]?.runId ?? ''), { status: 'aborted' })
  }
})

t.test(
  'a start that fails late leaves nothing behind: no lock, no port, no watcher',
  { skip: platform !== 'linux' },
  async (t) => {
    const instance = await testInstance(t, config())
    mkdirSync(instance.paths.database, { recursive: true })
    const before = watchedFolders()
    const port = await freePort()
    await t.rejects(runGateway(instance, { port }), { code: 'state_unusable', row: { exit: 78 } })
    t.equal(watchedFolders(), before)
    t.throws(() => recordedPort(instance), { code: 'ENOENT' })
    rmSync(instance.paths.database, { recursive: true })
    const gateway = await start(t, instance, { port })
    t.equal(gateway.port, port)
  },
)

t.test('a changed port moves the gateway; url, port and run-file say where it is', async (t) => {
  const [one, two] = [await freePort(), await freePort()]
  const instance = await testInstance(t, config({ port: one }))
  const gateway = await start(t, instance, {})
  const old = gateway.url
  t.equal(gateway.port, one)
  write(instance, config({ port: two }))
  await until(() => recordedPort(instance) === two)
  t.equal(gateway.url, `http://127.0.0.1:${two}`)
  await until(async () => (await postChat(gateway)).status === 200)
  await t.rejects(fetch(`${old}/healthz`))
  await gateway.close()
  t.equal(gateway.port, two, 'after the end it is the last one')
})

t.test('a refused change stays refused when something else is edited', async (t) => {
  const instance = await testInstance(t, config())
  const gateway = await start(t, instance)
  const readiness = async () =>
    (await (await fetch(`${gateway.url}/readyz`)).json()) as { config: { valid: boolean; issues: object[] } }
  const refused = { bind: 'lan', auth: { mode: 'none' } }
  write(instance, config(refused))
  await until(async () => !(await readiness()).config.valid)
  write(instance, config(refused, { agents: { defaults: { model: 'builtin/echo' } } }))
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.match((await readiness()).config, { valid: false, issues: [{ path: 'gateway', message: /Not in use/ }] })
  t.equal((await fetch(`${gateway.url}/v1/models`)).status, 401, 'nobody came in without the token')
})

t.test('settings that were refused do not come into force when secrets are read again', async (t) => {
  const instance = await testInstance(t, config())
  const gateway = await start(t, instance)
  const models = async (headers = {}) => (await fetch(`${gateway.url}/v1/models`, { headers })).status
  write(instance, config({ bind: 'lan', auth: { mode: 'none' } }))
  await until(async () => /Not in use/.test(await (await fetch(`${gateway.url}/readyz`)).text()))
  const headers = { ...bearer, 'content-type': 'application/json' }
  const reload = await fetch(`${gateway.url}/rpc/secrets.reload`, { method: 'POST', headers, body: '{}' })
  t.equal(reload.status, 200)
  t.strictSame([await models(), await models(bearer)], [401, 200])
})

t.test('what a refusal asks for is enough, whichever key it is', async (t) => {
  const secret = 'the-new-secret-0123456789'
  const next = { auth: { mode: 'token', token: secret } }
  const hooks = (token: string) => ({ hooks: { enabled: true, token } })
  const instance = await testInstance(t, config({}, hooks(secret)))
  const gateway = await start(t, instance)
  const models = async (key: string) =>
    (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
  write(instance, config(next, hooks(secret)))
  await until(async () => /Not in use/.test(await (await fetch(`${gateway.url}/readyz`)).text()))
  t.equal(await models(token), 200)
  write(instance, config(next, hooks('a-hook-token-0123456789')))
  await until(async () => (await models(secret)) === 200)
  t.equal(await models(token), 401, 'the old one is over')
  t.match(await (await fetch(`${gateway.url}/readyz`)).json(), { config: { valid: true } })
})

t.test('edits under load lose no request', async (t) => {
  const instance = await testInstance(t, config())
  const gateway = await start(t, instance)
  const failures: unknown[] = []
  let stop = false
  const load = Array.from({ length: 8 }, async (_, client) => {
    while (!stop) {
      try {
        const response = await postChat(gateway, { stream: client % 2 === 0 })
        const body = await response.text()
        if (response.status !== 200 || !body.includes('"finish_reason":"stop"')) failures.push(body)
      } catch (error) {
        failures.push(error)
      }
    }
  })
  for (let age = 1; age <= 3; age += 1) {
    const securityHeaders = { strictTransportSecurity: `max-age=${age}` }
    const http = { endpoints: { chatCompletions: { enabled: true } }, securityHeaders }
    write(instance, config({ http: { ...http, securityHeaders: { strictTransportSecurity: 'max-age=0' } } }))
    write(instance, config({ http }))
    await until(async () => {
      const { headers } = await fetch(`${gateway.url}/healthz`)
      return headers.get('strict-transport-security') === `max-age=${age}`
    })
  }
  stop = true
  await Promise.all(load)
  t.strictSame(failures, [])
})

for (const order of ['first', 'second'] as const) {
  t.test(`of two gateways in one process the ${order} is closed; the other goes on`, async (t) => {
    const gateways = [await start(t, await testInstance(t, config())), await start(t, await testInstance(t, config()))]
    if (order === 'second') gateways.reverse()
    const [closing, staying] = gateways
    await closing?.close()
    t.equal(staying && (await postChat(staying, { user: 'me' })).status, 200)
    await staying?.close()
  })
}
