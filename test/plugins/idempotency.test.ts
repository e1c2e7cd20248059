import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { turnStop } from '../../routes/_turn.js'
import { systemClock } from '../../src/kernel/clock.js'
import { Stop } from '../../src/kernel/stop.js'
import { Replays } from '../../src/live/replays.js'
import { openWire, postChat, until } from '../helper/calls.js'
import { bearer, testConfig, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { type Script, startUpstream } from '../helper/upstream.js'

async function stage(t: Test, script: Script) {
  const upstream = await startUpstream(t, script)
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const post = (key: string, body: object = {}, path = '/v1/chat/completions', init: RequestInit = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }], ...body }),
      ...init,
    })
  return { upstream, gateway, post }
}

t.test('a repeated call gets the first answer, whole or streamed, and the model is asked once', async (t) => {
  const { upstream, post } = await stage(t, { text: 'Hello there', delayMs: 1 })
  for (const stream of [false, true]) {
    const key = randomUUID()
    const first = await post(key, { stream })
    const again = await post(key, { stream })
    t.equal(await again.text(), await first.text(), `stream ${stream}`)
    t.equal(again.status, 200)
    t.equal(again.headers.get('idempotent-replayed'), 'true')
    t.equal(first.headers.get('idempotent-replayed'), null)
    t.equal(again.headers.get('content-type'), first.headers.get('content-type'))
    t.not(again.headers.get('x-request-id'), first.headers.get('x-request-id'), 'each call has an id of its own')
  }
  t.equal(upstream.requests.length, 2)
  const input = { input: 'hi', messages: undefined }
  const key = randomUUID()
  const response = await (await post(key, input, '/v1/responses')).json()
  t.same(await (await post(key, input, '/v1/responses')).json(), response)
  t.equal(upstream.requests.length, 3)
})

t.test('calls at the same time share one answer; without a key each is its own', async (t) => {
  const { upstream, gateway, post } = await stage(t, { text: 'Hello there', delayMs: 20 })
  const key = randomUUID()
  const texts = await Promise.all([1, 2, 3].map(async () => (await post(key, { stream: true })).text()))
  t.equal(new Set(texts).size, 1)
  t.equal(upstream.requests.length, 1)
  await Promise.all([1, 2].map(() => postChat(gateway)))
  t.equal(upstream.requests.length, 3)
})

t.test('a key is for one body, and has a length', async (t) => {
  const { post } = await stage(t, 'Hello')
  await post('a')
  const other = await post('a', { messages: [{ role: 'user', content: 'another' }] })
  t.equal(other.status, 422)
  t.match(await other.json(), { error: { code: 'idempotency_key_reused' } })
  t.equal((await post('x'.repeat(257))).status, 400)
  const headers = {
    ...bearer,
    'content-type': 'application/json',
    'idempotency-key': 'a',
    'x-openclaw-session-key': 's',
  }
  t.equal((await post('a', {}, undefined, { headers })).status, 422, 'of another session it is another call')
})

t.test('a call goes on when its caller leaves, and the answer is there when it comes back', async (t) => {
  const { upstream, gateway, post } = await stage(t, { text: 'Hello there', delayMs: 30 })
  for (const stream of [true, false]) {
    const key = randomUUID()
    const text = JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }], stream })
    const head = ['POST /v1/chat/completions HTTP/1.1', 'Host: 127.0.0.1', `Authorization: ${bearer.authorization}`]
    head.push(`Idempotency-Key: ${key}`, 'Content-Type: application/json', `Content-Length: ${text.length}`)
    const before = upstream.requests.length
    const wire = openWire(gateway, `${head.join('\r\n')}\r\n\r\n${text}`)
    await until(() => upstream.requests.length === before + 1)
    wire.socket.destroy()
    const back = await post(key, { stream })
    t.match(await back.text(), stream ? /"content":" the?/ : /Hello there/)
    t.equal(upstream.requests.length, before + 1)
    t.equal(upstream.requests.at(-1)?.aborted, false)
  }
})

t.test('a call whose caller has left ends with the gateway, and lets go of it at its own end', async (t) => {
  for (const ended of [false, true]) {
    const stopping = new Stop()
    const raw = Object.assign(new EventEmitter(), { destroyed: false, writableFinished: false })
    const recording = new Replays(systemClock).open('key', 'body')
    const request = { recording, server: { runtime: { stopping } } } as unknown as FastifyRequest
    const stop = turnStop(request, { raw } as unknown as FastifyReply)
    raw.emit('close')
    t.equal(stop.aborted, false, 'it goes on')
    if (ended) recording.end('whole')
    stopping.abort(new Error('the gateway stops'))
    t.equal(stop.aborted, !ended)
  }
})

t.test('a failure that may pass is not kept', async (t) => {
  const { upstream, post } = await stage(t, { status: 401 })
  const key = randomUUID()
  t.equal((await post(key)).status, 502)
  upstream.script = { text: 'Hello there', delayMs: 0, cutAfter: 3 }
  t.match(await (await post(key, { stream: true })).text(), /upstream_stream_interrupted/)
  upstream.script = 'fine'
  t.equal((await post(randomUUID())).status, 200)
  const again = await post(key)
  t.equal(again.status, 200)
  t.equal((await post(key)).headers.get('idempotent-replayed'), 'true')
  const bad = randomUUID()
  t.equal((await post(bad, { temperature: 9 })).status, 400)
})

t.test('who joins a call that fails hears the same as the first', async (t) => {
  const { upstream, post } = await stage(t, { status: 401, firstDelayMs: 100 })
  for (const stream of [false, true]) {
    const key = randomUUID()
    const said = async () => {
      const answer = await post(key, { stream })
      return [answer.status, answer.headers.get('x-should-retry'), await answer.text()]
    }
    const first = said()
    await until(() => upstream.active === 1)
    t.strictSame(await said(), await first, `stream ${stream}`)
    await until(() => upstream.active === 0)
  }
})
