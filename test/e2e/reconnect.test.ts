import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testFolder } from '../helper/folder.js'
import { token, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'
import { connectParams, type Frame, TestSocket } from '../helper/socket.js'
import { startUpstream } from '../helper/upstream.js'

const clients = 100

t.test(`${clients} clients over a kill -9: all return, and no message runs twice`, { timeout: 110_000 }, async (t) => {
  const home = testFolder(t)
  const upstream = await startUpstream(t, ({ body }) => {
    const messages = body.messages as { content: string }[]
    return { text: `answer to ${messages.at(-1)?.content}`, delayMs: 20 }
  })
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const config = { gateway: { mode: 'local', bind: 'loopback', auth: { token } }, ...upstreamConfig(upstream.baseUrl) }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = 20_000 + (process.pid % 20_000)
  const url = `ws://127.0.0.1:${port}/`
  let gateway = await startGateway(home, port)
  t.teardown(() => gateway.kill())

  const numbers = Array.from({ length: clients }, (_, number) => number)
  const before = await Promise.all(numbers.map(() => enter(url)))
  const accepted = await Promise.all(before.map((socket, number) => send(socket, number)))
  t.ok(
    accepted.every(({ ok, payload }) => ok && payload.status === 'started'),
    'every message is accepted',
  )
  // Some turns are over, some are with the model, some wait for it.
  await Promise.race(before.map((socket) => socket.event('chat', ({ state }) => state === 'final')))
  await gateway.kill()
  await Promise.all(before.map((socket) => socket.end()))

  gateway = await startGateway(home, port)
  const after = await Promise.all(numbers.map(() => enter(url)))
  t.ok(
    after.every(({ frames }) => frames.every(({ seq = 1 }) => seq <= 2)),
    'numbers begin anew: no stream claims to go on where another ended',
  )
  const repeated = await Promise.all(after.map((socket, number) => send(socket, number)))
  t.strictSame(
    [...new Set(repeated.map(({ payload, error }) => payload?.status ?? error?.code))].filter(
      (status) => !['ok', 'error', 'in_flight'].includes(status),
    ),
    [],
    'the same key starts nothing',
  )
  const histories = await Promise.all(
    after.map((socket, number) => socket.call('chat.history', { sessionKey: keyOf(number) })),
  )
  t.strictSame(
    histories.map(({ messages }) => messages.filter(({ role }: { role: string }) => role === 'user').length),
    numbers.map(() => 1),
    'every message stands once in its session',
  )
  const asked = upstream.requests.filter(({ path }) => path.endsWith('/chat/completions')).length
  t.ok(asked <= clients, `the model was asked ${asked} times`)
  const next = await after[0]?.call('chat.send', { sessionKey: keyOf(0), message: 'and now?', idempotencyKey: 'next' })
  t.equal(next.status, 'started', 'a new message runs')
  t.match(await after[0]?.event('chat', ({ state, runId }) => state === 'final' && runId === 'next'), {
    payload: { message: { content: [{ text: 'answer to and now?' }] } },
  })
  for (const socket of after) socket.ws.terminate()
})

const keyOf = (number: number) => `agent:main:client-${number}`

/** At most 32 handshakes of one address may be unfinished: whoever is refused comes again. */
async function enter(url: string): Promise<TestSocket> {
  for (;;) {
    const socket = new TestSocket(url)
    try {
      await socket.event('connect.challenge')
      await socket.call('connect', connectParams())
      return socket
    } catch {
      socket.ws.terminate()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function send(socket: TestSocket, number: number): Promise<Frame> {
  return socket.request('chat.send', {
    sessionKey: keyOf(number),
    message: `question ${number}`,
    idempotencyKey: `message-${number}`,
  })
}
