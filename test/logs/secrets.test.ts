import t from 'tap'
import { secretsOf } from '../../src/runtime-inputs.js'
import { chatOnWire, openWire, postChat, until } from '../helper/calls.js'
import { token, upstreamConfig } from '../helper/gateway.js'
import { startLoudGateway } from '../helper/running.js'
import { startUpstream } from '../helper/upstream.js'

const settings = { token: 'token-of-the-environment', password: undefined } as Parameters<typeof secretsOf>[2]

t.test('what must never be shown: named secrets, what they refer to, and known variables', async (t) => {
  const env = { OPENAI_API_KEY: 'known-key', MINE: 'mine-by-name', OTHER: 'by-reference', HOME: '/home/me' }
  const config = {
    gateway: { port: 18789, auth: { token: 'gateway-token' } },
    channels: { telegram: { botToken: 'bot-token', apiRoot: 'http://127.0.0.1:9' } },
    models: {
      providers: {
        a: {
          baseUrl: 'http://127.0.0.1',
          apiKey: '$MINE',
          headers: { Authorization: 'Bearer header', 'x-title': 'me' },
        },
        b: { baseUrl: 'http://127.0.0.1', apiKey: { source: 'env', provider: 'default', id: 'OTHER' } },
      },
    },
  } as Parameters<typeof secretsOf>[0]
  t.strictSame(secretsOf(config, env, settings).sort(), [
    'Bearer header',
    'bot-token',
    'by-reference',
    'gateway-token',
    'known-key',
    'mine-by-name',
    'token-of-the-environment',
  ])
})

t.test('no secret of ours or of a caller is in any line of a run that meets every kind of failure', async (t) => {
  const upstream = await startUpstream(t)
  const gateway = await startLoudGateway(t, upstreamConfig(upstream.baseUrl))
  const key = 'upstream-key-1234'
  upstream.script = [
    { status: 401, body: { error: { message: `bad key ${key}` } } },
    { status: 400, body: key },
  ]
  for (const stream of [true, false]) await postChat(gateway, { stream })
  upstream.script = {
    text: 'abc',
    delayMs: 20,
    finish: null,
    done: false,
    errorEvent: { message: `broke with ${key}` },
  }
  await (await postChat(gateway, { stream: true })).text()
  const guess = 'a-wrong-token-of-a-caller'
  const tries: [path: string, headers: Record<string, string>][] = [
    ['/v1/models', { authorization: `Bearer ${guess}` }],
    [`/v1/models?token=${guess}`, {}],
    [`/nope?key=${guess}`, { 'x-api-key': guess }],
    ['/v1/models', { authorization: `Basic ${Buffer.from(`me:${guess}`).toString('base64')}` }],
  ]
  for (const [path, headers] of tries) await fetch(`${gateway.url}${path}`, { headers })
  await until(() => gateway.lines.filter((line) => line.includes('"answered"')).length >= 7)
  const log = gateway.lines.join('')
  for (const secret of [token, key, guess, Buffer.from(`me:${guess}`).toString('base64')]) {
    t.notOk(log.includes(secret), secret)
  }
  t.match(log, /"level":50,.*"reqId":"req_.*broke with \*\*\*/, 'a failure inside a stream is in the log')
})

t.test('a client that leaves in the middle of its upload is no failure of ours', async (t) => {
  const gateway = await startLoudGateway(t)
  const wire = openWire(gateway, chatOnWire().slice(0, -5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  wire.socket.destroy()
  await until(() => gateway.lines.some((line) => line.includes('run_aborted')))
  const levels = gateway.lines.map((line) => (JSON.parse(line) as { level: number }).level)
  t.ok(Math.max(...levels) < 40, 'no warning, no error')
})
