import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { freePort } from '../../cli/gateways.js'
import { until } from '../../helper/calls.js'
import { asked, type Body, stageOf } from '../_stage.js'
import { appId, FeishuServer, secret } from './server.js'

const encryptKey = 'encrypt-key-of-a-test'

async function stage(t: Test, keys: Body) {
  const api = await new FeishuServer().start(t)
  const webhookPort = await freePort()
  const all = { appId, appSecret: secret, domain: api.root, connectionMode: 'webhook', webhookPort, ...keys }
  const staged = await stageOf(t, { channel: 'feishu', keys: all })
  const post = (body: Body, headers: Record<string, string> = {}, path = '/feishu/events') =>
    fetch(`http://127.0.0.1:${webhookPort}${path}`, { method: 'POST', body: JSON.stringify(body), headers })
  return { api, post, ...staged }
}

function encrypted(body: Body): Body {
  const vector = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), vector)
  return { encrypt: Buffer.concat([vector, cipher.update(JSON.stringify(body)), cipher.final()]).toString('base64') }
}

function signed(body: Body, key = encryptKey): Record<string, string> {
  const digest = createHash('sha256').update(`1790000000nonce${key}${JSON.stringify(body)}`)
  const signature = digest.digest('hex')
  return { 'x-lark-request-timestamp': '1790000000', 'x-lark-request-nonce': 'nonce', 'x-lark-signature': signature }
}

t.test('events with the right token are taken, the address is confirmed, all else is refused', async (t) => {
  const { api, post, state, upstream } = await stage(t, { verificationToken: 'vt' })
  await until(async () => (await state()).connected === true)
  const challenge = await post({ type: 'url_verification', challenge: 'c1', token: 'vt' })
  t.same(await challenge.json(), { challenge: 'c1' })
  t.equal((await post({ type: 'url_verification', challenge: 'c1', token: 'x' })).status, 401)
  const event = api.event('hello')
  t.equal((await post({ ...event, header: { ...event.header, token: 'x' } })).status, 401)
  t.equal((await post(event, {}, '/other')).status, 404)
  t.equal((await post({ filler: 'x'.repeat(1_100_000) })).status, 413)
  t.equal((await post(event)).status, 200)
  await until(() => api.posts.length === 1)
  t.match(asked(upstream.requests), ['hello'])
})

t.test('encrypted events must be signed', async (t) => {
  const { api, post, state, upstream } = await stage(t, { encryptKey })
  await until(async () => (await state()).connected === true)
  const challenge = await post(encrypted({ type: 'url_verification', challenge: 'c2', token: 'vt' }))
  t.same(await challenge.json(), { challenge: 'c2' })
  const plain = api.event('in the clear')
  t.equal((await post(plain, signed(plain))).status, 401)
  const body = encrypted(api.event('hello'))
  t.equal((await post(body)).status, 401)
  t.equal((await post(body, signed(body, 'another key'))).status, 401)
  t.equal((await post(body, signed(body))).status, 200)
  await until(() => api.posts.length === 1)
  t.match(asked(upstream.requests), ['hello'])
})

t.test('without a token or a key anybody could post events: the account stays off', async (t) => {
  const { state } = await stage(t, {})
  await until(async () => (await state()).running === false)
  t.match(await state(), { lastError: /verificationToken or encryptKey/ })
})
