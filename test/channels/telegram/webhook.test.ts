import { createServer } from 'node:http'
import t, { type Test } from 'tap'
import type { Host } from '../../../src/channels/port.js'
import type { TelegramApi } from '../../../src/channels/telegram/api.js'
import { followWebhook } from '../../../src/channels/telegram/webhook.js'
import { freePort } from '../../cli/gateways.js'
import { cliFor } from '../../cli/harness.js'
import { until } from '../../helper/calls.js'
import { HandClock } from '../../helper/clock.js'
import { token } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'
import type { Body } from './server.js'
import { clock } from './slow-answer.js'
import { type StageOptions, stage } from './stage.js'

const secret = 'secret-of-a-test_1'

async function hooked(t: Test, keys: Body = {}, more: StageOptions = {}) {
  const webhookPort = await freePort()
  const webhookUrl = `http://127.0.0.1:${webhookPort}/telegram-webhook`
  const staged = await stage(t, {
    telegram: { webhookUrl, webhookSecret: secret, webhookPort, ...keys },
    clock,
    ...more,
  })
  const socket = await connected(t, staged.gateway.url.replace('http', 'ws'))
  const state = async (): Promise<Body> => (await socket.call('channels.status', {})).channelAccounts.telegram[0]
  const post = (body: string | Body, headers: Record<string, string> = {}, path = '/telegram-webhook') =>
    fetch(`http://127.0.0.1:${webhookPort}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    })
  return { ...staged, state, post, webhookPort, webhookUrl }
}

const header = { 'x-telegram-bot-api-secret-token': secret }
const update = (id: number, text: string) => ({
  update_id: id,
  message: {
    message_id: id,
    date: 1_790_000_000,
    text,
    from: { id: 42, is_bot: false, first_name: 'Ada' },
    chat: { id: 42, type: 'private', first_name: 'Ada' },
  },
})

t.test('messages come to the webhook; who does not know the secret learns nothing', async (t) => {
  const { api, post, state, upstream, webhookPort, webhookUrl, gateway, instance } = await hooked(t)
  await until(async () => (await state()).connected === true)
  const wish = { url: webhookUrl, secret_token: secret, max_connections: 1, drop_pending_updates: false }
  t.match((await api.called('setWebhook'))[0], { ...wish, allowed_updates: ['message', 'callback_query'] })
  t.match(await state(), { mode: 'webhook', identity: '@test_bot' })
  api.says('hello')
  await until(() => api.sent.length === 1)
  t.equal((await post(update(900, 'forged'))).status, 401)
  const wrong = await post(update(900, 'forged'), { 'x-telegram-bot-api-secret-token': `${secret}x` })
  t.equal(wrong.status, 401)
  t.equal(await wrong.text(), '{}')
  t.equal((await post(update(900, 'x'), header, '/other')).status, 404)
  t.equal((await post('{"update_id":', header)).status, 400)
  t.equal((await post('[]', header)).status, 400)
  t.equal((await post({ filler: 'x'.repeat(1_100_000) }, header)).status, 413)
  const base = `http://127.0.0.1:${webhookPort}`
  t.equal((await fetch(`${base}/telegram-webhook`)).status, 404)
  t.same(await (await fetch(`${base}/healthz`)).json(), { ok: true })
  t.equal((await post(update(901, 'again'), header)).status, 200)
  t.equal((await post(update(901, 'again'), header)).status, 200)
  await until(() => api.sent.length === 2)
  t.equal(upstream.requests.length, 2, 'the same update is one message')
  t.equal(api.calls.filter(({ method }) => method === 'getUpdates').length, 0)
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', gateway.url.replace('http', 'ws'), '--token', token]
  t.match(await cli.run('channels', 'status', ...where), { code: 0, stdout: /telegram .*connected.*webhook/ })
})

t.test('what was told to be taken is on disk: kill -9 right after loses nothing', async (t) => {
  const { post, state, snapshot, gateway, api, upstream } = await hooked(
    t,
    {},
    { script: { text: 'hi', firstDelayMs: 400 } },
  )
  await until(async () => (await state()).connected === true)
  t.equal((await post(update(700, 'keep this'), header)).status, 200)
  const next = snapshot()
  await gateway.close()
  t.strictSame(api.sent, [])
  await next()
  await until(() => api.sent.length === 1)
  t.match(JSON.stringify(upstream.requests.at(-1)?.body), /keep this/)
})

t.test('a restart leaves the webhook; polling takes it away, and gets what waits', async (t) => {
  const { api, gateway, start, rewrite } = await hooked(t)
  await api.called('setWebhook')
  await gateway.close()
  t.ok(api.hook, 'Telegram keeps what comes')
  api.says('while you were away')
  await start()
  await until(() => api.sent.length === 1)
  rewrite(({ channels }) => {
    channels.telegram = { ...channels.telegram, webhookUrl: undefined, webhookSecret: undefined }
  })
  await until(() => api.hook === undefined)
  api.says('by polling')
  await until(() => api.sent.length === 2)
})

t.test('a port that somebody else has is a state of the account, and passes', async (t) => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
  const { port } = busy.address() as { port: number }
  const { state, gateway, api } = await hooked(t, { webhookPort: port })
  await until(async () => (await state()).lastError !== undefined)
  t.match(await state(), { running: true, connected: false, lastError: `port ${port} is in use: set webhookPort` })
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
  t.equal(api.hook, undefined, 'Telegram is told of no address at which nobody listens')
  await new Promise((resolve) => busy.close(resolve))
  await until(async () => (await state()).connected === true)
})

t.test('an address without a secret, a secret without an address, and odd ones: said in words', async (t) => {
  const rows: [Body, RegExp][] = [
    [{ webhookSecret: undefined }, /webhookUrl needs webhookSecret/],
    [{ webhookUrl: undefined }, /webhookSecret stands alone/],
    [{ webhookUrl: 'bot.example' }, /webhookUrl is no https URL/],
    [{ webhookSecret: 'with spaces' }, /letters, digits/],
  ]
  for (const [keys, words] of rows) {
    const { state } = await hooked(t, keys)
    await until(async () => (await state()).running === false)
    t.match((await state()).lastError, words)
  }
})

t.test('a webhook that somebody else has taken away is noticed', async (t) => {
  const hand = new HandClock()
  const port = await freePort()
  let url = ''
  const api = {
    call: async (method: string, body: Body) => {
      if (method === 'setWebhook') url = body.url
      return method === 'getWebhookInfo' ? { url, pending_update_count: 0 } : true
    },
  } as unknown as TelegramApi
  let opened = false
  const webhook = { url: 'https://bot.example/hook', secret, host: '127.0.0.1', port, path: '/hook' }
  const over = followWebhook({
    ...{ api, webhook, bot: { id: 1, username: 'b' }, signal: new AbortController().signal, take: async () => {} },
    host: { clock: hand, alive() {} } as unknown as Host,
    opened: async () => {
      opened = true
    },
  })
  await until(() => opened)
  hand.advance(300_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  url = ''
  hand.advance(300_000)
  await t.rejects(over, { kind: 'conflict', message: /no longer set/ })
})
