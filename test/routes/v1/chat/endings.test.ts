import t from 'tap'
import { activeTurns, chatOnWire, openWire, postChat, until } from '../../../helper/calls.js'
import { eventData, testConfig, upstreamConfig } from '../../../helper/gateway.js'
import { startGateway } from '../../../helper/running.js'
import { type Reply, startUpstream } from '../../../helper/upstream.js'

const slow: Reply = { text: 'word '.repeat(200), delayMs: 10 }

async function withUpstream(t: import('tap').Test) {
  const upstream = await startUpstream(t)
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  // The first call loads the provider, which may take longer than a stream waits for its status.
  await postChat(gateway)
  upstream.requests.length = 0
  return { upstream, gateway }
}

t.test('turns that failed before their first byte are not counted as running', async (t) => {
  const { upstream, gateway } = await withUpstream(t)
  upstream.script = { status: 400 }
  for (const stream of [true, false]) {
    const response = await postChat(gateway, { stream })
    t.equal(response.status, 400)
    t.equal(response.headers.get('x-should-retry'), 'false', 'a turn that began is not repeated')
  }
  t.equal(await activeTurns(gateway), 0)
})

for (const stream of [true, false]) {
  t.test(`one choice of two fails: the other is called off (stream ${stream})`, async (t) => {
    const { upstream, gateway } = await withUpstream(t)
    const other = stream ? slow : { firstDelayMs: 3000 }
    upstream.script = () => (upstream.requests.length === 1 ? other : { status: 400, firstDelayMs: 50 })
    const response = await postChat(gateway, { stream, n: 2 })
    t.equal(response.status, 400)
    await until(async () => upstream.active === 0 && (await activeTurns(gateway)) === 0)
    t.ok(
      upstream.requests.some(({ aborted }) => aborted),
      'the upstream was not left talking',
    )
  })
}

t.test('one choice of two breaks off in the stream: one error, the end mark, and nothing after it', async (t) => {
  const { upstream, gateway } = await withUpstream(t)
  upstream.script = () => (upstream.requests.length === 1 ? slow : { text: 'abcdefghijkl', cutAfter: 3, delayMs: 20 })
  const data = eventData(await (await postChat(gateway, { stream: true, n: 2 })).text())
  t.match(JSON.parse(data.at(-2) ?? ''), { error: { code: 'upstream_stream_interrupted', param: null } })
  t.equal(data.at(-1), '[DONE]')
  await until(async () => upstream.active === 0 && (await activeTurns(gateway)) === 0)
})

t.test('eight choices in one stream, each tried twice, to a slow reader: no leak of listeners', async (t) => {
  const warnings: string[] = []
  const note = (warning: Error) => warnings.push(warning.message)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  const { upstream, gateway } = await withUpstream(t)
  upstream.script = () =>
    upstream.requests.length <= 8 ? { status: 500 } : { text: 'x'.repeat(400_000), chunkSize: 20_000 }
  const wire = openWire(gateway, chatOnWire({ stream: true, n: 8 }))
  wire.socket.pause()
  await until(() => upstream.requests.length === 16)
  await new Promise((resolve) => setTimeout(resolve, 200))
  wire.socket.resume()
  await until(() => wire.text().includes('[DONE]'))
  wire.socket.destroy()
  t.strictSame(warnings, [])
})

const moments: [name: string, script: Reply, body: object, waitMs: number][] = [
  ['before the head of a whole answer', { hangAfter: 0 }, {}, 50],
  ['before the head of a stream', { hangAfter: 0 }, { stream: true }, 50],
  ['between head and first event', { hangAfter: 0 }, { stream: true }, 1200],
  ['in the middle of a stream', slow, { stream: true }, 200],
  ['in the middle of two choices', slow, { stream: true, n: 2 }, 200],
  ['while a session writes', slow, { stream: true, user: 'me' }, 200],
]
for (const [name, script, body, waitMs] of moments) {
  t.test(`a client that leaves ${name} takes the upstream call along`, async (t) => {
    const { upstream, gateway } = await withUpstream(t)
    upstream.script = script
    const wire = openWire(gateway, chatOnWire(body))
    await until(() => upstream.active > 0)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    wire.socket.destroy()
    await until(async () => upstream.active === 0 && (await activeTurns(gateway)) === 0)
    t.ok(upstream.requests.every(({ aborted }) => aborted))
  })
}

t.test('a pipelined call ends with its connection though its answer had not had its turn', async (t) => {
  const { upstream, gateway } = await withUpstream(t)
  upstream.script = { hangAfter: 0 }
  const wire = openWire(gateway, chatOnWire() + chatOnWire({ stream: true }))
  await until(() => upstream.active === 2)
  wire.socket.destroy()
  await until(async () => upstream.active === 0 && (await activeTurns(gateway)) === 0)
  t.ok(upstream.requests.every(({ aborted }) => aborted))
})

t.test('pipelined calls are answered in order', async (t) => {
  const { upstream, gateway } = await withUpstream(t)
  upstream.script = (seen) => ({ text: 'x', firstDelayMs: seen.body.stream ? 0 : 100 })
  const wire = openWire(gateway, chatOnWire() + chatOnWire({ stream: true }))
  await until(() => wire.text().includes('[DONE]'))
  wire.socket.destroy()
  t.match(wire.text(), /"object":"chat.completion",[\s\S]*"object":"chat.completion.chunk"/)
})
