import { createHmac } from 'node:crypto'
import t from 'tap'
import type { HookSignature } from '../../../schemas/config/hook-mapping.js'
import { checkSignature, signedDigest } from '../../../src/automation/hooks/signature.js'

const callWith = (headers: Record<string, string>, body: string, seconds = 0) => ({
  header: (name: string) => headers[name],
  raw: Buffer.from(body),
  now: seconds * 1_000,
})

t.test('the published example of GitHub', async (t) => {
  const secret = "It's a Secret to Everybody"
  const right = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  const check = (value: string, body = 'Hello, World!') =>
    checkSignature(callWith({ 'x-hub-signature-256': value }, body), { scheme: 'github', secret }, secret)
  t.equal(check(right), 'right')
  t.equal(check(right.toUpperCase().replace('SHA256', 'sha256')), 'right', 'hex in either case')
  t.equal(check(right, 'Hello, World'), 'wrong')
  t.equal(check(right.replace('7', '8')), 'wrong')
  t.equal(check(right.slice('sha256='.length)), 'wrong', 'without its prefix')
  t.equal(check('sha256='), 'wrong')
  t.equal(checkSignature(callWith({}, 'Hello, World!'), { scheme: 'github' }, secret), 'absent')
})

t.test('the published example of Slack', async (t) => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5'
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const headers = {
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    'x-slack-request-timestamp': '1531420618',
  }
  const check = (more: Record<string, string>, at: number) =>
    checkSignature(callWith({ ...headers, ...more }, body, at), { scheme: 'slack' }, secret)
  t.equal(check({}, 1_531_420_618), 'right')
  t.equal(check({}, 1_531_420_618 + 300), 'right')
  t.equal(check({}, 1_531_420_618 + 301), 'stale')
  t.equal(check({}, 1_531_420_618 - 301), 'stale', 'of the future')
  t.equal(check({ 'x-slack-request-timestamp': '1531420619' }, 1_531_420_618), 'wrong', 'the time is signed')
  t.equal(check({ 'x-slack-request-timestamp': 'soon' }, 1_531_420_618), 'wrong')
})

t.test(
  'Stripe: time and body are signed; one of several signatures is enough while secrets are exchanged',
  async (t) => {
    const secret = 'whsec_test'
    const body = '{"id":"evt_1"}'
    const sign = (time: string, with_ = secret) => createHmac('sha256', with_).update(`${time}.${body}`).digest('hex')
    const check = (value: string, at = 1_000) =>
      checkSignature(
        callWith({ 'stripe-signature': value }, body, at),
        { scheme: 'stripe', toleranceSeconds: 60 },
        secret,
      )
    t.equal(check(`t=1000,v1=${sign('1000')}`), 'right')
    t.equal(check(`t=1000, v0=old, v1=${sign('1000', 'before')}, v1=${sign('1000')}`), 'right')
    t.equal(check(`t=1000,v1=${sign('1000')}`, 1_061), 'stale')
    t.equal(check(`t=1001,v1=${sign('1000')}`), 'wrong')
    t.equal(check(`v1=${sign('1000')}`), 'wrong', 'without a time')
    t.equal(check(`t=1000,v0=${sign('1000')}`), 'wrong', 'only the old scheme')
    t.equal(check(''), 'wrong')
  },
)

t.test('HMAC of any sender: the test cases of RFC 4231, and the ways to write them', async (t) => {
  const data = 'what do ya want for nothing?'
  const hex = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  const sha512 =
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737'
  const check = (settings: HookSignature, headers: Record<string, string>, at = 0) =>
    checkSignature(callWith(headers, data, at), settings, 'Jefe')
  t.equal(check({}, { 'x-signature': hex }), 'right')
  t.equal(check({ scheme: 'hmac', algorithm: 'sha512', header: 'X-Sig' }, { 'x-sig': sha512 }), 'right')
  t.equal(check({ prefix: 'sha256=' }, { 'x-signature': `sha256=${hex}` }), 'right')
  t.equal(check({ prefix: 'sha256=' }, { 'x-signature': hex }), 'wrong')
  const base64 = Buffer.from(hex, 'hex').toString('base64')
  t.equal(check({ encoding: 'base64' }, { 'x-signature': base64 }), 'right')
  t.equal(check({ encoding: 'base64' }, { 'x-signature': base64.toLowerCase() }), 'wrong')
  t.equal(check({}, {}), 'absent')
  const timed: HookSignature = { timestampHeader: 'X-Time' }
  const signed = createHmac('sha256', 'Jefe').update(`500.${data}`).digest('hex')
  t.equal(check(timed, { 'x-signature': signed, 'x-time': '500' }, 500), 'right')
  t.equal(check(timed, { 'x-signature': signed, 'x-time': '500' }, 900), 'stale')
  t.equal(check(timed, { 'x-signature': hex }, 500), 'wrong', 'the time is missing')
})

t.test('what a signed call is known by: its time and its body, whatever else its headers say', async (t) => {
  const timed: HookSignature = { timestampHeader: 'x-time' }
  const digest = (headers: Record<string, string>, body = 'b') => signedDigest(callWith(headers, body), timed)
  const one = digest({ 'x-signature': 's', 'x-time': '1' })
  t.equal(one, digest({ 'x-signature': 'S', 'x-time': '1', 'user-agent': 'other' }))
  t.not(one, digest({ 'x-signature': 's', 'x-time': '2' }))
  t.not(one, digest({ 'x-signature': 's', 'x-time': '1' }, 'c'))
  t.equal(signedDigest(callWith({ 'x-hub-signature-256': 'sha256=1' }, 'b'), { scheme: 'github' }), undefined)
})
