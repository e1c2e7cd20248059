import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { SseStream } from '../../routes/_sse.js'
import { openWire, until } from '../helper/calls.js'

/** A server whose one route hands its stream to `play`. */
async function serve(
  t: Test,
  limits: { keepAliveMs: number; stalledMs: number },
  play: (stream: SseStream) => unknown,
) {
  const app = Fastify({ forceCloseConnections: true })
  app.get('/', async (_request, reply) => void play(new SseStream(reply, limits)))
  t.teardown(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url, port: Number(new URL(url).port) }
}

const get = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
const unhurried = { keepAliveMs: 60_000, stalledMs: 60_000 }

t.test('silence is filled with comments, which event parsers skip', async (t) => {
  const { url } = await serve(t, { ...unhurried, keepAliveMs: 5 }, async (stream) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    stream.send('{}')
    stream.end()
  })
  const body = await (await fetch(url)).text()
  t.match(body, /^(: ping\n\n)+data: \{\}\n\ndata: \[DONE\]\n\n$/)
})

t.test('what comes after the end is dropped', async (t) => {
  const { url } = await serve(t, unhurried, (stream) => {
    stream.send('1')
    stream.end()
    stream.send('2')
    stream.end()
  })
  t.equal(await (await fetch(url)).text(), 'data: 1\n\ndata: [DONE]\n\n')
})

t.test('a client that takes nothing for too long is cut off, and whoever sends goes on', async (t) => {
  let sent = 0
  const gateway = await serve(t, { ...unhurried, stalledMs: 100 }, async (stream) => {
    for (; sent < 1000; sent += 1) await stream.send('x'.repeat(100_000))
  })
  const wire = openWire(gateway, get)
  wire.socket.pause()
  await until(() => sent === 1000)
  wire.socket.resume()
  await wire.closed
  t.notMatch(wire.text(), /DONE/)
  t.ok(wire.text().length < 100_000_000, 'not everything was piled up for it')
})
