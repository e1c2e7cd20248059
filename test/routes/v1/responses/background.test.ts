import t from 'tap'
import { until } from '../../../helper/calls.js'
import { bearer, eventData } from '../../../helper/gateway.js'
import { startGateway } from '../../../helper/running.js'
import { startUpstream } from '../../../helper/upstream.js'
import { gateway, post, responsesConfig } from './_gateway.js'

const numbersOf = (body: string) =>
  eventData(body).flatMap((data) => (data === '[DONE]' ? [] : [JSON.parse(data).sequence_number as number]))

t.test('a background response is acknowledged at once and read when it is done', async (t) => {
  const { app } = await gateway(t, { text: 'done', firstDelayMs: 50 })
  const queued = (await post(app, { input: 'hi', background: true })).json()
  t.match(queued, { status: 'queued', background: true, output: [] })
  let response = queued
  while (response.status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 5))
    response = (await app.inject({ url: `/v1/responses/${queued.id}`, headers: bearer })).json()
    t.ok(['queued', 'in_progress', 'completed'].includes(response.status), response.status)
  }
  t.equal(response.output[0].content[0].text, 'done')
  const next = (await post(app, { input: 'more', previous_response_id: queued.id })).json()
  t.equal(next.status, 'completed')
})

t.test('a reader that went away comes back by Last-Event-ID', async (t) => {
  const upstream = await startUpstream(t, { text: 'one two three four five', delayMs: 20 })
  const running = await startGateway(t, responsesConfig(upstream.baseUrl))
  const url = `${running.url}/v1/responses`
  const headers = { ...bearer, 'content-type': 'application/json' }
  const gone = new AbortController()
  const first = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input: 'hi', background: true, stream: true }),
    signal: gone.signal,
  })
  let read = ''
  for await (const chunk of first.body ?? []) {
    read += Buffer.from(chunk).toString()
    if (read.includes('output_text.delta')) break
  }
  gone.abort()
  const whole = read.slice(0, read.lastIndexOf('\n\n') + 2)
  const { response } = JSON.parse(eventData(whole)[0] ?? '{}')
  const last = numbersOf(whole).at(-1) ?? 0
  const resumed = await fetch(`${url}/${response.id}?stream=true`, {
    headers: { ...headers, 'last-event-id': String(last) },
  })
  const rest = await resumed.text()
  const numbers = [...numbersOf(whole), ...numbersOf(rest)]
  t.strictSame(
    numbers,
    numbers.map((_, index) => index),
    'nothing twice, nothing lost',
  )
  t.ok(rest.includes('event: response.completed'))
  const later = await fetch(`${url}/${response.id}?stream=true&starting_after=${last}`, { headers })
  t.equal(await later.text(), rest, 'the same from the store')
})

t.test('cancel reaches the model', async (t) => {
  const { app, upstream } = await gateway(t, { text: 'never', hangAfter: 0 })
  const queued = (await post(app, { input: 'hi', background: true })).json()
  while (upstream.active === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const url = `/v1/responses/${queued.id}/cancel`
  t.match((await app.inject({ method: 'POST', url, headers: bearer })).json(), { id: queued.id, status: 'cancelled' })
  await upstream.requests[0]?.closed
  t.equal(upstream.requests[0]?.aborted, true)
  t.equal((await app.inject({ method: 'POST', url, headers: bearer })).statusCode, 400, 'it is over')
})

t.test('one that is deleted while it runs does not come back', async (t) => {
  const { app, upstream } = await gateway(t, { hangAfter: 0 })
  const { id } = (await post(app, { input: 'a secret', background: true })).json()
  await until(() => upstream.active === 1)
  const url = `/v1/responses/${id}`
  t.match((await app.inject({ method: 'DELETE', url, headers: bearer })).json(), { deleted: true })
  await until(() => app.runtime.agents.active === 0)
  t.equal((await app.inject({ url, headers: bearer })).statusCode, 404)
  t.equal((await app.inject({ url: `${url}/input_items`, headers: bearer })).statusCode, 404)
})

t.test('nothing goes on from one that has no answer', async (t) => {
  const { app, upstream } = await gateway(t, { hangAfter: 0 })
  const { id } = (await post(app, { input: 'hi', background: true })).json()
  await until(() => upstream.active === 1)
  const next = () => post(app, { input: 'more', previous_response_id: id })
  t.match((await next()).json(), { error: { param: 'previous_response_id', message: /in_progress/ } })
  await app.inject({ method: 'POST', url: `/v1/responses/${id}/cancel`, headers: bearer })
  t.match((await next()).json(), { error: { param: 'previous_response_id', message: /cancelled/ } })
})

t.test('a disk that is full when one ends is in the log, and ends nothing else', async (t) => {
  const { app } = await gateway(t, 'hi')
  const failed = new Promise<unknown>((resolve) => {
    const full = () => {
      resolve(true)
      return Promise.reject(new Error('database or disk is full'))
    }
    Object.assign(app.runtime.store.responses, { update: full })
  })
  const heard: unknown[] = []
  const listen = (error: unknown) => void heard.push(error)
  process.on('unhandledRejection', listen)
  t.teardown(() => process.off('unhandledRejection', listen))
  await post(app, { input: 'x', background: true })
  await failed
  await until(() => app.runtime.agents.active === 0)
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(heard, [])
})

t.test('the gateway waits for those that are on their way to the disk when it closes', async (t) => {
  const upstream = await startUpstream(t, { text: 'a b c', hangAfter: 1 })
  const heard: unknown[] = []
  const listen = (error: unknown) => void heard.push(error)
  process.on('unhandledRejection', listen)
  t.teardown(() => process.off('unhandledRejection', listen))
  for (const waitMs of [0, 1, 5, 20]) {
    const running = await startGateway(t, responsesConfig(upstream.baseUrl))
    const headers = { ...bearer, 'content-type': 'application/json' }
    const body = JSON.stringify({ input: 'hi', background: true })
    await fetch(`${running.url}/v1/responses`, { method: 'POST', headers, body })
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    await running.close()
  }
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(heard, [])
})
