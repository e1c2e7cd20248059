import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testFolder } from '../helper/folder.js'
import { token } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'
import { Random } from '../helper/random.js'
import { connectParams, TestSocket } from '../helper/socket.js'
import { committedDocument } from '../openapi/_document.js'
import { broken, type Shape, sample } from './_frames.js'

/** CI sends some thousands; `npm run evidence` a million. The seed makes a run repeatable. */
const frames = Number(process.env.FUZZ_FRAMES ?? 20_000)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const sockets = 8
const window = 64
/** What writes the config waits for the writers before it, on a machine that has other things to do as well. */
const patienceMs = 60_000
/** They wait for something to happen, and may do so for minutes. */
const patient = ['agent.wait', 'exec.approval.request', 'exec.approval.waitDecision', 'logs.tail']
/** Spec/protocol.md section 1. */
const knownCodes = ['INVALID_REQUEST', 'UNAVAILABLE', 'NOT_PAIRED', 'FORBIDDEN', 'APPROVAL_NOT_FOUND']
/** What the memory of the gateway may grow by from the first tenth of the frames to the last, in bytes. */
const growthLimit = 150 * 1024 * 1024

interface Method {
  readonly name: string
  readonly params: Shape
}

function methods(): Method[] {
  const { paths } = committedDocument()
  return Object.entries(paths).flatMap(([path, { post }]) => {
    // A restart ends every socket, as it should.
    if (!path.startsWith('/rpc/') || path === '/rpc/gateway.restart.request') return []
    return [
      {
        name: path.slice('/rpc/'.length),
        params: (post?.requestBody?.content['application/json']?.schema ?? {}) as Shape,
      },
    ]
  })
}

t.test(`${frames} random and broken frames (seed ${seed})`, { timeout: 3_000_000 }, async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const config = {
    gateway: { mode: 'local', bind: 'loopback', auth: { token } },
    agents: { defaults: { model: 'builtin/echo' } },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = 20_000 + (process.pid % 20_000)
  const gateway = await startGateway(home, port)
  t.teardown(() => gateway.kill())
  const random = new Random(seed)
  const all = methods()
  t.ok(all.length > 0)

  const odd: string[] = []
  const counts = { sent: 0, answered: 0, ok: 0, refusedFirst: 0 }
  let early = 0
  await Promise.all(Array.from({ length: sockets }, (_, number) => talk(number)))
  const late = residentBytes(gateway.pid)

  t.comment(JSON.stringify({ ...counts, earlyMiB: early >> 20, lateMiB: late >> 20 }))
  t.strictSame(odd.slice(0, 10), [], 'every answer is known, none is an internal error')
  if (odd.length > 0) t.comment(gateway.output().slice(-4_000))
  t.ok(counts.ok > 0, 'some requests were right')
  t.ok(late - early < growthLimit, `the memory grew by ${(late - early) >> 20} MiB`)
  t.equal((await fetch(`${gateway.url}/healthz`)).status, 200, 'it is well')
  t.equal(await gateway.stop(), 0, 'and ends as it should')

  async function talk(number: number): Promise<void> {
    let socket = await open()
    let next = 0
    while (counts.sent < frames) {
      const waiting = new Map<string, string>()
      for (let i = 0; i < window && counts.sent < frames; i++, counts.sent++) {
        const id = `${number}-${next++}`
        const { name, params } = random.pick(all)
        const frame = JSON.stringify({ type: 'req', id, method: name, params: sample(random, params) })
        if (random.chance(0.25)) socket.send(broken(random, frame))
        else if (random.chance(0.05))
          socket.send(
            JSON.stringify({
              ...JSON.parse(frame),
              method: random.pick(['x', '__proto__', name]),
              type: random.pick(['req', 'res', 'event', '']),
            }),
          )
        else {
          socket.send(frame)
          if (!patient.includes(name)) waiting.set(id, name)
        }
      }
      socket.send({ type: 'req', id: `${number}-last-${next}`, method: 'health' })
      waiting.set(`${number}-last-${next}`, 'health')
      for (const [id, name] of waiting) {
        const answer = await socket.frame((frame) => frame.id === id, patienceMs).catch(() => undefined)
        if (answer) look(answer, name)
        else odd.push(`${name} was not answered`)
      }
      for (const { id, ok, error } of socket.frames) if (id === 'invalid' && !ok) look({ ok, error })
      socket.frames.length = 0
      if (early === 0 && counts.sent > frames / 10) early = residentBytes(gateway.pid)
      if (random.chance(0.2)) {
        socket.ws.terminate()
        await strangers()
        socket = await open()
      }
    }
    socket.ws.terminate()
  }

  function look({ ok, error }: Pick<TestSocket['frames'][number], 'ok' | 'error'>, name = 'a frame'): void {
    counts.answered += 1
    if (ok) counts.ok += 1
    else if (!error || !knownCodes.includes(error.code) || error.details?.code === 'internal_error')
      odd.push(`${name}: ${JSON.stringify(error)}`)
  }

  async function open(): Promise<TestSocket> {
    const socket = new TestSocket(`ws://127.0.0.1:${port}/`)
    await socket.event('connect.challenge')
    await socket.call('connect', connectParams())
    return socket
  }

  /** Sockets whose first frame is wrong: each must be closed, in words or without. */
  async function strangers(): Promise<void> {
    const socket = new TestSocket(`ws://127.0.0.1:${port}/`)
    await socket.event('connect.challenge')
    const good = JSON.stringify({ type: 'req', id: '1', method: 'connect', params: sample(random, connectShape) })
    socket.send(random.chance(0.5) ? good : broken(random, good))
    const first = await Promise.race([
      socket.end(60_000),
      socket.frame(({ id }) => id === '1', 60_000).catch(() => undefined),
    ])
    if (first && 'payload' in first) odd.push(`admitted: ${good.slice(0, 200)}`)
    counts.refusedFirst += 1
    socket.ws.terminate()
  }
})

const connectShape: Shape = {
  type: 'object',
  properties: {
    minProtocol: { enum: [1, 3, 4, 5] },
    maxProtocol: { enum: [3, 4, 5] },
    client: {
      type: 'object',
      properties: {
        id: { enum: ['cli', 'gateway-client', 'node-host', 'openclaw-control-ui'] },
        mode: { enum: ['cli', 'backend', 'node', 'webchat'] },
        version: { type: 'string' },
        platform: { type: 'string' },
      },
    },
    role: { enum: ['operator', 'node', 'root'] },
    scopes: { type: 'array', items: { enum: ['operator.admin', 'operator.read', 'x'] } },
    caps: { type: 'array', items: { type: 'string' } },
    auth: {
      type: 'object',
      properties: { token: { type: 'string' }, password: { type: 'string' }, deviceToken: { type: 'string' } },
    },
    device: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        publicKey: { type: 'string' },
        signature: { type: 'string' },
        signedAt: { type: 'integer' },
        nonce: { type: 'string' },
      },
    },
  },
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
