// Drives the official client library of the control plane; prints one JSON line per step: {step, ok, value|error}. Waits
// for a line on standard input where the test has to do something first.
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { createInterface } from 'node:readline'
import { GatewayClient } from '@openclaw/gateway-client'

const { GATEWAY_URL: url, GATEWAY_TOKEN: token } = process.env
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const sessionKey = 'agent:main:library'

const rawKey = (pem) => createPublicKey(pem).export({ format: 'der', type: 'spki' }).subarray(-32)
const keys = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const deviceIdentity = {
  deviceId: createHash('sha256').update(rawKey(keys.publicKey)).digest('hex'),
  publicKeyPem: keys.publicKey,
  privateKeyPem: keys.privateKey,
}
const kept = new Map()
const hostDeps = {
  signDevicePayload: (pem, payload) => sign(null, Buffer.from(payload), pem).toString('base64url'),
  publicKeyRawBase64UrlFromPem: (pem) => rawKey(pem).toString('base64url'),
  loadDeviceAuthToken: ({ role }) => kept.get(role) ?? null,
  storeDeviceAuthToken: ({ role, token: value, scopes }) => kept.set(role, { token: value, scopes }),
  clearDeviceAuthToken: ({ role }) => kept.delete(role),
}

class Session {
  hellos = []
  events = []
  gaps = []
  errors = []
  constructor(options) {
    this.client = new GatewayClient({
      url,
      deviceIdentity,
      hostDeps,
      minProtocol: 4,
      maxProtocol: 4,
      platform: 'linux',
      scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.pairing'],
      onHelloOk: (hello) => this.hellos.push(hello),
      onEvent: (event) => this.events.push(event),
      onGap: (gap) => this.gaps.push(gap),
      onConnectError: (error) => this.errors.push(error),
      ...options,
    })
    this.client.start()
  }
  hello(count = 1) {
    return until(() => this.hellos[count - 1], 20_000)
  }
  refusal() {
    return until(() => this.errors.find((error) => error.details ?? error.gatewayCode), 20_000)
  }
}

async function until(read, limitMs) {
  const end = Date.now() + limitMs
  for (;;) {
    const value = read()
    if (value) return value
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const send = (session, key) =>
  session.client.request('chat.send', { sessionKey, message: `say ${key}`, idempotencyKey: key })
const finalOf = (session, runId) =>
  until(
    () =>
      session.events.find(
        ({ event, payload }) => event === 'chat' && payload.runId === runId && payload.state === 'final',
      ),
    10_000,
  )
const userMessages = async (session) => {
  const { messages } = await session.client.request('chat.history', { sessionKey })
  return messages.filter(({ role }) => role === 'user').length
}

const first = new Session({ token })
const steps = {
  async pair() {
    const { auth, features } = await first.hello()
    const { paired } = await first.client.request('device.pair.list', {})
    const own = paired.find(({ deviceId }) => deviceId === deviceIdentity.deviceId)
    return {
      method: auth.method,
      token: auth.deviceToken?.length,
      kept: kept.get('operator')?.token === auth.deviceToken,
      via: own?.approvedVia,
      connected: own?.connected,
      methods: features.methods.length,
    }
  },
  async chat() {
    await first.client.request('sessions.subscribe', {})
    await first.client.request('sessions.messages.subscribe', { key: sessionKey })
    const { runId, status } = await send(first, 'key-1')
    const { payload } = await finalOf(first, runId)
    await until(() => first.events.some(({ event }) => event === 'session.message'), 10_000)
    await until(() => first.events.some(({ event }) => event === 'sessions.changed'), 10_000)
    const { sessions } = await first.client.request('sessions.list', {})
    return {
      runId,
      status,
      text: payload.message.content[0].text,
      listed: sessions.some(({ key }) => key === sessionKey),
    }
  },
  async cron() {
    const { client, events } = first
    const job = await client.request('cron.add', {
      name: 'report',
      schedule: { kind: 'cron', expr: '0 7 * * *', tz: 'Europe/Berlin' },
      sessionTarget: 'isolated',
      wakeMode: 'now',
      payload: { kind: 'agentTurn', message: 'write the report' },
      delivery: { mode: 'none' },
    })
    const { jobs } = await client.request('cron.list', {})
    const { runId } = await client.request('cron.run', { id: job.id, mode: 'force' })
    const { payload } = await until(
      () => events.find(({ event, payload }) => event === 'cron' && payload.action === 'finished'),
      10_000,
    )
    const { entries } = await client.request('cron.runs', { id: job.id, limit: 20 })
    const { removed } = await client.request('cron.remove', { id: job.id })
    await client.request('wake', { mode: 'next-heartbeat', text: 'the report is written' })
    const off = await client.request('set-heartbeats', { enabled: false })
    const last = await client.request('last-heartbeat', {})
    return {
      listed: jobs.some(({ id }) => id === job.id),
      event: { same: payload.runId === runId, status: payload.status },
      run: { same: entries[0]?.runId === runId, status: entries[0]?.status },
      removed,
      left: (await client.request('cron.list', { includeDisabled: true })).jobs.length,
      off: off.enabled,
      last,
    }
  },
  async restart() {
    process.stdout.write(`${JSON.stringify({ wants: 'restart' })}\n`)
    await input.next()
    await first.hello(2)
    const before = await userMessages(first)
    const again = await send(first, 'key-1')
    return {
      hellos: first.hellos.length,
      again: again.status,
      before,
      after: await userMessages(first),
      gaps: first.gaps.length,
    }
  },
  async deviceToken() {
    const { operator } = Object.fromEntries(kept)
    const session = new Session({})
    const { auth } = await session.hello()
    const rotated = await session.client.request('device.token.rotate', {
      deviceId: deviceIdentity.deviceId,
      role: 'operator',
    })
    session.client.stop()
    kept.set('operator', operator)
    const stale = new Session({})
    const { details } = await stale.refusal()
    stale.client.stop()
    kept.set('operator', { token: rotated.token, scopes: rotated.scopes })
    const fresh = new Session({})
    const hello = await fresh.hello()
    fresh.client.stop()
    return { method: auth.method, delivery: rotated.tokenDelivery, stale: details?.code, fresh: hello.auth.method }
  },
}

for (const [step, run] of Object.entries(steps)) {
  let line
  try {
    line = { step, ok: true, value: await run() }
  } catch (error) {
    line = {
      step,
      ok: false,
      error: { message: error.message, details: error.details, gaps: first.errors.map(String) },
    }
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
process.exit(0)
