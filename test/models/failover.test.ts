import t from 'tap'
import { resultOf } from '../helper/rpc.js'
import { fails, gatewayWith } from './failover-fixture.js'

const overflow = 'maximum context length is 8 tokens'

t.test('what goes on to the next model, and what does not', async (t) => {
  // What the first upstream does, whether the second one answers, and calls of the first.
  const cases: [string, Parameters<typeof fails>, boolean, number][] = [
    ['rate_limit', [429, 'slow down'], true, 2],
    ['overloaded', [529, 'overloaded'], true, 2],
    ['server', [500, 'oops'], true, 2],
    ['auth', [401, 'bad key'], true, 1],
    ['auth', [403, 'not this model'], true, 1],
    ['billing', [402, 'pay'], true, 1],
    ['not_found', [404, 'no such model'], true, 1],
    ['timeout', [504, 'late'], true, 2],
    ['overflow', [400, overflow], false, 1],
    ['format', [400, 'bad field'], false, 1],
    ['refusal', [400, 'content_filter'], false, 1],
  ]
  for (const [kind, args, goesOn, calls] of cases) {
    const gateway = await gatewayWith(t, { a: fails(...args), b: 'from b' })
    const { status, text } = await gateway.ask('hi')
    t.equal(status, goesOn ? 200 : 400, `${kind}: status`)
    t.equal(text, goesOn ? 'from b' : '', `${kind}: answer`)
    t.ok((gateway.up.a?.requests.length ?? 0) <= calls + 1, `${kind}: ${gateway.up.a?.requests.length} calls`)
    t.equal(gateway.up.b?.requests.length, goesOn ? 1 : 0, kind)
    await gateway.app.close()
  }
})

t.test('nobody there at all', async (t) => {
  const gateway = await gatewayWith(t, { a: 'unused', b: 'from b' })
  await gateway.up.a?.close()
  t.equal((await gateway.ask('hi')).text, 'from b')
})

t.test('streamed: the stand-in is announced once, before its first word, and again after a recovery', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(429, 'slow down'), b: 'from b' })
  const ask = () => gateway.ask('hi', { session: 'main', stream: true })
  t.match((await ask()).body, /from.*b/s)
  t.match(gateway.notices, [/^a\/one does not answer \(rate limited \(429\).*\)\. b\/one answers instead\.$/])
  await ask()
  t.equal(gateway.notices.length, 1, 'said once')
  gateway.clock.shift(31_000)
  if (gateway.up.a) gateway.up.a.script = 'from a'
  t.match((await ask()).body, /from.*a/s)
  if (gateway.up.a) gateway.up.a.script = fails(500)
  await ask()
  t.equal(gateway.notices.length, 2)
})

t.test('the model that answered is written down', async (t) => {
  const gateway = await gatewayWith(
    t,
    { a: fails(500), b: { text: 'from b', usage: { input: 5, output: 2 } } },
    (up) => ({
      models: {
        providers: {
          a: { baseUrl: up.a?.baseUrl, apiKey: 'k', models: [{ id: 'one' }] },
          b: { baseUrl: up.b?.baseUrl, apiKey: 'k', models: [{ id: 'one', cost: { input: 1_000_000, output: 0 } }] },
        },
      },
    }),
  )
  await gateway.ask('hi', { session: 'main' })
  const [key = ''] = (await gateway.app.runtime.store.sessions.list({ limit: 1 })).map((row) => row.key)
  const last = (await gateway.app.runtime.store.transcripts.current(key)).at(-1)
  t.match(last?.body, { kind: 'message', by: { model: 'b/one' } })
  const sums = await gateway.app.runtime.store.runs.usage({ from: 0, to: Number.MAX_SAFE_INTEGER }, 0)
  t.match(sums, [{ model: 'b/one', input: 5, output: 2, cost: 5 }])
})

t.test('a model that failed is left alone for a while, also over a restart', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(401, 'bad key'), b: 'from b' })
  const calls = () => gateway.up.a?.requests.length
  await gateway.ask('1')
  await gateway.ask('2')
  t.equal(calls(), 1, 'not asked again')
  await gateway.restart()
  t.equal((await gateway.ask('3')).text, 'from b')
  t.equal(calls(), 1, 'nor after a restart')
  gateway.clock.shift(31_000)
  await gateway.ask('4')
  t.equal(calls(), 2, 'asked again after 30 s')
  gateway.clock.shift(31_000)
  await gateway.ask('5')
  t.equal(calls(), 2, 'the second pause is longer')
  gateway.clock.shift(30_000)
  await gateway.ask('6')
  t.equal(calls(), 3)
  if (gateway.up.a) gateway.up.a.script = 'from a'
  gateway.clock.shift(301_000)
  t.equal((await gateway.ask('7')).text, 'from a')
  t.equal((await gateway.ask('8')).text, 'from a')
})

t.test('everybody is down: one error that names each, and then nobody is asked again at once', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(500), b: fails(401, 'bad key'), c: fails(429, 'slow down') })
  const first = await gateway.ask('hi')
  t.equal(first.status, 502)
  t.equal(first.error.code, 'all_models_failed')
  t.match(first.error.message, /a\/one: its provider failed \(500\), left alone for \d+ s/)
  t.match(first.error.message, /b\/one: its key was refused \(401\)/)
  t.match(first.error.message, /c\/one: rate limited \(429\)/)
  t.notMatch(first.error.message, /key-of|127\.0\.0\.1/)
  t.match(first.headers['retry-after'], /^\d+$/)
  const asked = () => Object.values(gateway.up).map(({ requests }) => requests.length)
  const before = asked()
  const second = await gateway.ask('hi')
  t.equal(second.error.code, 'all_models_failed')
  t.match(second.error.message, /a\/one.*b\/one.*c\/one/)
  t.same(asked(), before)
  if (gateway.up.a) gateway.up.a.script = 'from a'
  gateway.clock.shift(6000)
  t.equal((await gateway.ask('hi')).text, 'from a', 'tried all the same after a few seconds')
})

t.test('one model alone is always asked', async (t) => {
  const gateway = await gatewayWith(t, { a: [fails(401, 'bad key'), 'from a'] })
  t.equal((await gateway.ask('hi')).error.code, 'upstream_auth_failed')
  t.equal((await gateway.ask('hi')).text, 'from a')
})

t.test('a model that is named by hand stands alone', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(401, 'bad key'), b: 'from b' })
  t.equal((await gateway.ask('hi', { model: 'a/one' })).error.code, 'upstream_auth_failed')
  t.equal(gateway.up.b?.requests.length, 0)
})

t.test('the model that is set on a session stands alone, and giving it up brings the stand-ins back', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(401, 'bad key'), b: 'from b', c: fails(500) })
  const ask = () => gateway.ask('hi', { session: 'main' })
  await resultOf(gateway.app, 'sessions.patch', { key: 'main', model: 'c/one' })
  t.equal((await ask()).error.code, 'upstream_error')
  t.equal(gateway.up.a?.requests.length, 0)
  t.equal(gateway.up.b?.requests.length, 0)
  t.equal((await gateway.ask('hi', { session: 'other' })).text, 'from b', 'other sessions are as they were')
  await resultOf(gateway.app, 'sessions.patch', { key: 'main', model: null })
  t.equal((await ask()).text, 'from b')
})

t.test('a model without a key gives way to those behind it', async (t) => {
  const gateway = await gatewayWith(t, { b: 'from b' }, () => ({
    agents: { defaults: { model: { primary: 'openai/gpt-5', fallbacks: ['nowhere', 'b/one'] } } },
  }))
  t.equal((await gateway.ask('hi')).text, 'from b')
  if (gateway.up.b) gateway.up.b.script = fails(400, 'bad field')
  t.equal((await gateway.ask('hi')).status, 400)
  if (gateway.up.b) gateway.up.b.script = fails(401, 'bad key')
  t.match((await gateway.ask('hi')).error.message, /b\/one: its key.*; openai\/gpt-5: There is no key.*; nowhere: /)
})

t.test('broken off after the first words', async (t) => {
  const gateway = await gatewayWith(t, { a: { text: 'half a sentence', cutAfter: 3, delayMs: 0 }, b: 'from b' })
  const streamed = await gateway.ask('hi', { session: 'main', stream: true })
  t.match(streamed.body, /upstream_stream_interrupted/)
  t.equal(gateway.up.b?.requests.length, 0, 'what was seen stays')
  gateway.clock.shift(31_000)
  const whole = await gateway.ask('hi', { session: 'main' })
  t.equal(whole.text, 'from b', 'nobody had seen a part of it')
})

t.test('silence does not last', async (t) => {
  const gateway = await gatewayWith(t, { a: { hangAfter: 0 }, b: 'from b' }, (up) => ({
    models: {
      providers: {
        a: { baseUrl: up.a?.baseUrl, apiKey: 'k', timeoutSeconds: 1, models: [{ id: 'one' }] },
        b: { baseUrl: up.b?.baseUrl, apiKey: 'k', models: [{ id: 'one' }] },
      },
    },
  }))
  t.equal((await gateway.ask('hi')).text, 'from b')
  await gateway.up.a?.requests[0]?.closed
  t.equal(gateway.up.a?.requests.length, 1)
  t.equal(gateway.up.a?.requests[0]?.aborted, true)
})

t.test('an image is not sent to a stand-in that takes none', async (t) => {
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=='
  const gateway = await gatewayWith(t, { a: fails(500), b: 'from b', c: 'from c' }, (up) => ({
    models: {
      providers: Object.fromEntries(
        Object.entries(up).map(([name, { baseUrl }]) => {
          const input = name === 'b' ? ['text'] : ['text', 'image']
          return [name, { baseUrl, apiKey: 'k', models: [{ id: 'one', input }] }]
        }),
      ),
    },
  }))
  const content = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }]
  t.equal((await gateway.ask('', { content })).text, 'from c')
  t.equal(gateway.up.b?.requests.length, 0)
})

t.test('an answer that is wanted whole goes on to the third model, though it is asked for in pieces', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(500), b: { text: 'half an answer', cutAfter: 2 }, c: 'from c' })
  t.match(await gateway.ask('hi'), { status: 200, text: 'from c' })
})
