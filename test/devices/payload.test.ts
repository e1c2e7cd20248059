import t from 'tap'
import { metadata, payloadV2, payloadV3, signedToken } from '../../src/devices/payload.js'

const facts = {
  deviceId: 'ab12',
  clientId: 'cli',
  clientMode: 'cli',
  role: 'operator',
  scopes: ['operator.write', 'operator.read'],
  signedAt: 1_770_000_000_000,
  token: 'secret',
  nonce: 'n-1',
  platform: ' Linux ',
  deviceFamily: 'DESKTOP',
}

t.test('fields in the order of spec/protocol.md 2.3, empty text for what is absent', async (t) => {
  const v2 = 'v2|ab12|cli|cli|operator|operator.write,operator.read|1770000000000|secret|n-1'
  t.equal(payloadV2(facts), v2)
  t.equal(payloadV3(facts), `${v2.replace('v2', 'v3')}|linux|desktop`)
  t.equal(
    payloadV3({ ...facts, scopes: [], token: '', deviceFamily: undefined }),
    'v3|ab12|cli|cli|operator||1770000000000||n-1|linux|',
  )
})

t.test('only ASCII letters are lowered', async (t) => {
  t.equal(metadata('İOS Ä'), 'İos Ä')
  t.equal(metadata(undefined), '')
})

t.test('the first token that is there is signed, even an empty one; passwords never', async (t) => {
  t.equal(signedToken({ token: 'a', deviceToken: 'b', bootstrapToken: 'c' }), 'a')
  t.equal(signedToken({ token: '', deviceToken: 'b' }), '')
  t.equal(signedToken({ deviceToken: 'b', bootstrapToken: 'c' }), 'b')
  t.equal(signedToken({ bootstrapToken: 'c' }), 'c')
  t.equal(signedToken({}), '')
})
