import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Body, TelegramServer } from '../../channels/telegram/server.js'
import { postChat, until } from '../../helper/calls.js'
import { testFolder } from '../../helper/folder.js'
import { bearer, testConfig, upstreamConfig } from '../../helper/gateway.js'
import { jsonLines } from '../../helper/json-lines.js'
import { fileSays } from '../../helper/program.js'
import { startGatewayWith } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'
import { startUpstream } from '../../helper/upstream.js'

interface Posted {
  readonly headers: Record<string, string>
  readonly body: string
}

/** A server that is told of events; `status` is what it answers. */
async function listener(t: Test) {
  const posted: Posted[] = []
  const state = { status: 200, before: Promise.resolve() }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', async () => {
      posted.push({ headers: request.headers as Record<string, string>, body })
      await state.before
      response.writeHead(state.status).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { posted, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events` }
}

async function stage(t: Test, entries: Body, more: Body = {}) {
  const upstream = await startUpstream(t, 'hello from the model')
  const internal = { enabled: true, ssrfPolicy: { dangerouslyAllowPrivateNetwork: true }, entries }
  const config = testConfig({ ...upstreamConfig(upstream.baseUrl), hooks: { internal }, ...more })
  const gateway = await startGatewayWith(t, { config, env: { OPENAI_API_KEY: 'sk-of-the-gateway' } })
  const metrics = async () => (await fetch(`${gateway.url}/metrics`, { headers: bearer })).text()
  return { gateway, upstream, config: config as Body, metrics }
}

t.test('a command gets events on stdin, in order, from the start to the end of the gateway', async (t) => {
  const file = join(testFolder(t), 'events')
  const on = ['gateway:startup', 'gateway:shutdown', 'turn:end', 'session:start', 'session:reset']
  const { gateway } = await stage(t, { log: { on, command: ['tee', '-a', file] } })
  t.equal((await postChat(gateway, { user: 'eve' })).status, 200)
  await until(() => jsonLines<Body>(file).length >= 3)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await socket.call('sessions.reset', { key: 'agent:main:openai-user:eve' })
  await gateway.close('the end')
  const events = jsonLines<Body>(file)
  t.strictSame(
    events.map(({ event }) => event),
    ['gateway:startup', 'session:start', 'turn:end', 'session:reset', 'gateway:shutdown'],
  )
  t.match(events[0], { id: /^[0-9a-f-]{36}$/, at: /Z$/, profile: 'default', data: { version: /\d/ } })
  t.match(events[2]?.data, {
    ...{ agentId: 'main', sessionKey: 'agent:main:openai-user:eve', origin: 'http', outcome: 'ok' },
    ...{ model: /one/, text: 'hello from the model', usage: { input: Number } },
  })
})

t.test('a command has neither a shell nor the secrets of the gateway, and ends with it', async (t) => {
  const folder = testFolder(t)
  const env = join(folder, 'env')
  const { gateway } = await stage(t, {
    env: { on: ['gateway:startup'], command: ['cp', '/proc/self/environ', env] },
    shell: { on: ['gateway:startup'], command: ['touch', join(folder, 'a; touch b')] },
    slow: { on: ['gateway:startup'], command: ['sleep', '987654'], timeoutSeconds: 600 },
    off: { enabled: false, on: ['gateway:startup'], command: ['touch', join(folder, 'off')] },
    bare: { enabled: true },
  })
  const variables = await fileSays(env, 'OPENCLAW_HOOK_EVENT=gateway:startup')
  await until(() => existsSync(join(folder, 'a; touch b')))
  t.notMatch(variables, /sk-of-the-gateway/)
  t.notOk(existsSync(join(folder, 'off')))
  await until(() => sleepers() === 1)
  await gateway.close('the end')
  t.equal(sleepers(), 0)
})

t.test('a URL gets events by POST, signed', async (t) => {
  const { posted, url } = await listener(t)
  const { gateway, metrics } = await stage(t, { post: { on: ['turn:end'], url, secret: 'signing-secret' } })
  await postChat(gateway)
  await until(() => posted.length === 1)
  const [{ headers, body } = { headers: {}, body: '' } as Posted] = posted
  t.match(JSON.parse(body), { event: 'turn:end', data: { outcome: 'ok' } })
  const time = headers['x-openclaw-timestamp']
  const expected = createHmac('sha256', 'signing-secret').update(`${time}.${body}`).digest('hex')
  t.match(headers, {
    'content-type': 'application/json',
    'x-openclaw-event': 'turn:end',
    'x-openclaw-delivery': JSON.parse(body).id,
    'x-openclaw-signature': `sha256=${expected}`,
  })
  await until(async () => /openclaw_event_hooks_total\{hook="post",outcome="ok"\} 1/.test(await metrics()))
})

t.test('a URL that fails is called again; a private one only where the config opens it', async (t) => {
  const { posted, state, url } = await listener(t)
  state.status = 503
  const { gateway, config, metrics } = await stage(t, { post: { on: ['turn:end'], url } })
  await postChat(gateway)
  await until(() => posted.length === 1)
  state.status = 200
  await until(() => posted.length === 2)
  t.equal(posted[0]?.body, posted[1]?.body)
  state.status = 410
  await postChat(gateway)
  await until(async () => /outcome="failed"\} 1/.test(await metrics()))
  t.equal(posted.length, 3, 'a refusal is not repeated')
  state.status = 200
  const { ssrfPolicy: _, ...internal } = config.hooks.internal
  gateway.writeConfig({ ...config, hooks: { internal } })
  await until(async () => {
    await postChat(gateway)
    return /outcome="failed"\} [^1]/.test(await metrics())
  })
})

t.test('messages of a chat, and a job that is done', async (t) => {
  const { posted, url } = await listener(t)
  const api = await new TelegramServer().start(t)
  const telegram = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], streaming: 'off' }
  const on = ['message:received', 'message:sent', 'cron:finished']
  const { gateway } = await stage(t, { post: { on, url } }, { channels: { telegram } })
  const events = () => posted.map(({ body }) => JSON.parse(body))
  api.says('hi there')
  await until(() => posted.length === 2)
  t.match(events()[0], {
    event: 'message:received',
    data: { channel: 'telegram', text: 'hi there', sender: { id: '42' }, agentId: 'main', sessionKey: String },
  })
  t.match(events()[1], { event: 'message:sent', data: { channel: 'telegram', text: 'hello from the model' } })
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const job = await socket.call('cron.add', {
    ...{ name: 'report', schedule: { kind: 'every', everyMs: 3_600_000 }, delivery: { mode: 'none' } },
    payload: { kind: 'agentTurn', message: 'write' },
  })
  await socket.call('cron.run', { id: job.id })
  await until(() => posted.length === 3)
  t.match(events()[2], { event: 'cron:finished', data: { jobId: job.id, name: 'report', status: 'ok' } })
})

t.test('hooks come and go with the config, without a restart', async (t) => {
  const { posted, url } = await listener(t)
  const { gateway, config } = await stage(t, {})
  await postChat(gateway)
  const hooks = { internal: { ...config.hooks.internal, entries: { late: { on: ['turn:end'], url } } } }
  gateway.writeConfig({ ...config, hooks })
  await until(async () => {
    await postChat(gateway)
    return posted.length > 0
  })
  gateway.writeConfig(config)
  await until(async () => {
    const before = posted.length
    await postChat(gateway)
    await new Promise((resolve) => setTimeout(resolve, 50))
    return posted.length === before
  })
  t.pass()
})

/** Processes of the slow hook. */
function sleepers(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const lines = pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  })
  return lines.filter((line) => line === 'sleep\x00987654\x00').length
}

t.test('a hook that is turned off and on: what waited is not told, and there is one line', async (t) => {
  const { posted, state, url } = await listener(t)
  const other = await listener(t)
  let go = () => {}
  state.before = new Promise((resolve) => {
    go = resolve
  })
  const { gateway, config } = await stage(t, {
    post: { on: ['turn:end'], url },
    other: { on: ['turn:end'], url: other.url },
  })
  for (let i = 0; i < 4; i += 1) await postChat(gateway)
  await until(() => posted.length === 1 && other.posted.length === 4)
  // Whether the hooks of others are on shows that the gateway has read it.
  const turned = async (enabled: boolean) => {
    const internal = { ...config.hooks.internal, enabled }
    gateway.writeConfig({ ...config, hooks: { internal, enabled: !enabled, token: 'hook-token-0123456789abcdef' } })
    const wanted = enabled ? 404 : 401
    await until(async () => (await fetch(`${gateway.url}/hooks/wake`, { method: 'POST' })).status === wanted)
  }
  await turned(false)
  await postChat(gateway)
  await turned(true)
  await postChat(gateway, { user: 'later' })
  await until(() => other.posted.length === 5)
  t.equal(posted.length, 1, 'the line is still busy')
  go()
  await postChat(gateway, { user: 'last' })
  await until(() => posted.some(({ body }) => body.includes(':last')))
  t.strictSame(
    posted.slice(1).map(({ body }) => JSON.parse(body).data.sessionKey),
    ['agent:main:openai-user:later', 'agent:main:openai-user:last'],
  )
})
