import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import type { ConnectDevice } from '../../schemas/ws/connect.js'
import { identityOf, newIdentityKey } from '../../src/devices/identity.js'
import { payloadV2, payloadV3 } from '../../src/devices/payload.js'
import { type ProofContext, verifyProof } from '../../src/devices/proof.js'
import { signConnect } from '../../src/devices/sign.js'

const identity = identityOf(newIdentityKey())
const other = identityOf(newIdentityKey())
const now = 1_770_000_000_000
const nonce = '6f9619ff-8b86-d011-b42d-00cf4fc964ff'
const client = { id: 'cli', mode: 'cli', platform: 'Linux', deviceFamily: 'Server' } as const
const auth = { token: 'the-token' }
const scopes = ['operator.read', 'operator.write']
const context: ProofContext = {
  nonce,
  now,
  facts: {
    clientId: client.id,
    clientMode: client.mode,
    role: 'operator',
    scopes,
    token: auth.token,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  },
}
const good = signConnect(identity, { client, role: 'operator', scopes, auth, nonce, ts: now })

function word(device: ConnectDevice, more: Partial<ProofContext> = {}, facts: Partial<ProofContext['facts']> = {}) {
  const proof = verifyProof(device, { ...context, ...more, facts: { ...context.facts, ...facts } })
  return proof.ok ? `ok v${proof.version}` : proof.reason
}

const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)
const std = (text: string) => Buffer.from(text, 'base64url').toString('base64')
const pem = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' })
  const own = identityOf({ kty: 'OKP', crv: 'Ed25519', x, d })
  const device = signConnect(own, { client, role: 'operator', scopes, auth, nonce, ts: now })
  return { ...device, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}
const v2 = () => {
  const signed = { ...context.facts, deviceId: identity.deviceId, signedAt: now, nonce }
  return { ...good, signature: identity.sign(payloadV2(signed)) }
}
const rsa = () =>
  generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString()

const rows: readonly [name: string, expected: string, actual: () => string][] = [
  ['a good v3 signature', 'ok v3', () => word(good)],
  ['a good v2 signature', 'ok v2', () => word(v2())],
  ['v2 says nothing of the platform', 'ok v2', () => word(v2(), {}, { platform: 'darwin' })],
  ['key in standard base64', 'ok v3', () => word({ ...good, publicKey: std(good.publicKey) })],
  ['key as PEM', 'ok v3', () => word(pem())],
  ['signature in standard base64', 'ok v3', () => word({ ...good, signature: std(good.signature) })],
  ['nonce with spaces around', 'ok v3', () => word({ ...good, nonce: ` ${nonce} ` })],
  ['platform in other letters', 'ok v3', () => word(good, {}, { platform: ' LINUX' })],
  ['at the edge of the skew', 'ok v3', () => word(good, { now: now + 120_000 })],
  ['past it', 'device-signature-stale', () => word(good, { now: now + 120_001 })],
  ['from the future', 'device-signature-stale', () => word(good, { now: now - 120_001 })],
  ['another key', 'device-id-mismatch', () => word({ ...good, publicKey: other.publicKey })],
  ['another id', 'device-id-mismatch', () => word({ ...good, id: other.deviceId })],
  ['id in capitals', 'device-id-mismatch', () => word({ ...good, id: good.id.toUpperCase() })],
  ['a key that is none', 'device-public-key', () => word({ ...good, publicKey: 'AAAA' })],
  ['an RSA key', 'device-public-key', () => word({ ...good, publicKey: rsa() })],
  ['no nonce', 'device-nonce-missing', () => word({ ...good, nonce: ' ' })],
  ['a nonce of another socket', 'device-nonce-mismatch', () => word({ ...good, nonce: 'x' })],
  ['stale is told before nonce', 'device-signature-stale', () => word({ ...good, nonce: 'x' }, { now: now + 1e9 })],
  ['a broken signature', 'device-signature', () => word({ ...good, signature: flip(good.signature) })],
  ['no signature', 'device-signature', () => word({ ...good, signature: '' })],
  ['a long signature', 'device-signature', () => word({ ...good, signature: `${good.signature}AAAA` })],
  ['more scopes than signed', 'device-signature', () => word(good, {}, { scopes: ['operator.admin'] })],
  ['scopes in another order', 'device-signature', () => word(good, {}, { scopes: [...scopes].reverse() })],
  ['another role', 'device-signature', () => word(good, {}, { role: 'node' })],
  ['another token', 'device-signature', () => word(good, {}, { token: '' })],
  ['another client', 'device-signature', () => word(good, {}, { clientId: 'test' })],
  ['another mode', 'device-signature', () => word(good, {}, { clientMode: 'ui' })],
  ['another platform', 'device-signature', () => word(good, {}, { platform: 'darwin' })],
  ['another family', 'device-signature', () => word(good, {}, { deviceFamily: undefined })],
  ['signed at another time', 'device-signature', () => word({ ...good, signedAt: now + 1 })],
  [
    'a v3 payload that was signed by another device',
    'device-signature',
    () => {
      const signed = { ...context.facts, deviceId: identity.deviceId, signedAt: now, nonce }
      return word({ ...good, signature: other.sign(payloadV3(signed)) })
    },
  ],
]

for (const [name, expected, actual] of rows) t.test(name, async (t) => t.equal(actual(), expected))

t.test('whatever form the key came in, one form is kept', async (t) => {
  const proof = verifyProof({ ...good, publicKey: `${std(good.publicKey)}` }, context)
  t.match(proof, { ok: true, publicKey: { text: identity.publicKey, deviceId: identity.deviceId } })
  t.match(identity.publicKey, /^[\w-]{43}$/)
  t.match(identity.deviceId, /^[0-9a-f]{64}$/)
})
