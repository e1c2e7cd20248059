import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../cli/gateways.js'
import { agentScript, callOf, type Sight } from '../helper/agent-script.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'
import { connected, type TestSocket } from '../helper/socket.js'
import { type Reply, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const isNews = ({ user }: Sight) => /the restart that you asked for is over/.test(user)

async function stage(t: Test, answer: (sight: Sight) => Reply | string = () => 'hello', more: object = {}) {
  const upstream = await startUpstream(t, agentScript(answer))
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const file = join(state, 'openclaw.json')
  const config = testConfig({ models, agents: { defaults: { ...agents.defaults, workspace: join(home, 'w') } } })
  const write = (more: object = {}) => writeFileSync(file, JSON.stringify({ ...config, ...more }), { mode: 0o600 })
  write(more)
  const gateway = await startGateway(home, await freePort())
  t.teardown(() => gateway.kill())
  const connect = async () => {
    const socket = await connected(t, gateway.url.replace('http', 'ws'))
    return socket
  }
  /** Connects again until the next run is there. */
  const reconnect = async (old: TestSocket) => {
    await old.end()
    let socket: TestSocket | undefined
    await until(async () => {
      socket = await connect().catch(() => undefined)
      return socket !== undefined
    })
    return socket as TestSocket
  }
  return { upstream, gateway, connect, reconnect, write, state }
}

const said = async (socket: TestSocket) =>
  ((await socket.call('chat.history', { sessionKey: 'main' })).messages as Body[]).map(
    ({ content }) => content.map((part: Body) => part.text ?? '').join('') as string,
  )

const send = (socket: TestSocket, message: string) =>
  socket.call('chat.send', { sessionKey: 'main', message, idempotencyKey: message })

t.test('an agent restarts its gateway, ends its turn, and goes on when the gateway is back', async (t) => {
  const { gateway, connect, reconnect, upstream } = await stage(t, (sight) => {
    if (isNews(sight)) return 'I am back.'
    return sight.told.length > 0 ? 'See you.' : callOf('gateway', { action: 'restart', reason: 'tidy up', delayMs: 0 })
  })
  const socket = await connect()
  await send(socket, 'restart yourself')
  const { payload } = await socket.event('shutdown')
  t.match(payload, { reason: 'gateway restarting', restartExpectedMs: 1_000 })
  t.match(await socket.end(), { code: 1012 })
  const back = await reconnect(socket)
  await until(async () => (await said(back)).includes('I am back.'))
  const lines = await said(back)
  t.ok(lines.includes('See you.'), 'the turn that asked had its time to end')
  t.match(
    lines.find((line) => line.includes('restart that you asked for')),
    /Reason: tidy up/,
  )
  t.equal(upstream.requests.filter(({ body }) => JSON.stringify(body).includes('is over')).length, 1, 'told once')
  t.equal(await gateway.stop(), 0)
})

t.test('a client and a person in the chat restart it; the process stays, and the signal ends it', async (t) => {
  const { gateway, connect, reconnect } = await stage(t)
  let socket = await connect()
  const first = await socket.call('status')
  t.match(await socket.call('gateway.restart.request', { reason: 'test', delayMs: 0, sessionKey: 'main' }), {
    ok: true,
  })
  socket = await reconnect(socket)
  const second = await socket.call('status')
  t.equal(second.pid, first.pid)
  t.ok(second.uptimeMs < 60_000)
  await until(async () => (await said(socket)).includes('The gateway has restarted (test).'))

  await send(socket, '/restart new config')
  socket = await reconnect(socket)
  await until(async () => (await said(socket)).includes('The gateway has restarted (new config).'))

  process.kill(gateway.pid, 'SIGUSR2')
  socket = await reconnect(socket)
  t.equal((await socket.call('status')).pid, first.pid)
  t.equal(await gateway.stop(), 0)
})

t.test('what would not come back is not restarted', async (t) => {
  const { gateway, connect, write } = await stage(t)
  const socket = await connect()
  write({ bogus: true })
  const refused = await socket.request('gateway.restart.request', { delayMs: 0 })
  t.match(refused.error, { message: /would not come back.*bogus/ })
  write({ gateway: { mode: 'local', bind: 'lan', auth: { mode: 'none' } } })
  const open = await socket.request('gateway.restart.request', { delayMs: 0 })
  t.match(open.error, { message: /would not come back.*without auth/ }, 'it is valid, and no start')
  process.kill(gateway.pid, 'SIGUSR2')
  await until(async () =>
    (await socket.call('logs.tail', {})).lines.some((line: string) => line.includes('not restarted')),
  )
  t.ok((await fetch(`${gateway.url}/healthz`)).ok, 'the signal asks like anybody else')
  t.equal(await gateway.stop(), 0)
})

t.test('a restart is planned once, and forgotten when the gateway ends first', async (t) => {
  const { gateway, connect, state } = await stage(t)
  const socket = await connect()
  await socket.call('gateway.restart.request', { delayMs: 60_000 })
  const twice = await socket.request('gateway.restart.request', { delayMs: 0 })
  t.match(twice.error, { message: /planned already/ })
  t.equal(await gateway.stop(), 0, 'a planned restart does not keep it from ending')
  t.notOk(existsSync(join(state, 'restart-sentinel.json')), 'and is not over at a later start')
})

t.test('commands.restart: false takes the command away', async (t) => {
  const { connect, upstream } = await stage(t, undefined, { commands: { restart: false } })
  const socket = await connect()
  await send(socket, '/restart')
  await until(() => upstream.requests.length > 0)
  t.match(JSON.stringify(upstream.requests[0]?.body), '/restart', 'it is a message like any other')
})
