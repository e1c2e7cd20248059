import { createHash, createHmac } from 'node:crypto'
import type { HookSignature } from '../../../schemas/config/hook-mapping.js'
import { equalDigests, secretDigest } from '../../kernel/safe-equal.js'

/** A call as its sender signed it. */
export interface SignedCall {
  readonly header: (name: string) => string | undefined
  /** The bytes of the body. */
  readonly raw: Buffer
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** `absent`: the call is not signed. `stale`: right, and too old or of the future. */
export type SignatureVerdict = 'right' | 'wrong' | 'stale' | 'absent'

interface Claim {
  readonly signatures: readonly string[]
  /** Seconds since the epoch, as the sender wrote them. */
  readonly time?: string | undefined
}

interface Scheme {
  readonly claim: (call: SignedCall, settings: HookSignature) => Claim | undefined
  /** Whether the claim has to name a time. */
  readonly timed: (settings: HookSignature) => boolean
  /** What is signed in front of the body. */
  readonly prefix: (time: string) => string
}

const none = () => ''

/** By their senders' documentation; each is compared with its published examples in the tests. */
const schemes: Readonly<Record<NonNullable<HookSignature['scheme']>, Scheme>> = {
  github: {
    claim: ({ header }) => sole(header('x-hub-signature-256'), 'sha256='),
    timed: () => false,
    prefix: none,
  },
  stripe: {
    claim: ({ header }) => stripeClaim(header('stripe-signature')),
    timed: () => true,
    prefix: (time) => `${time}.`,
  },
  slack: {
    claim: ({ header }) => {
      const claim = sole(header('x-slack-signature'), 'v0=')
      return claim && { ...claim, time: header('x-slack-request-timestamp') }
    },
    timed: () => true,
    prefix: (time) => `v0:${time}:`,
  },
  hmac: {
    claim: ({ header }, { header: name = 'x-signature', prefix = '', timestampHeader }) => {
      const claim = sole(header(name.toLowerCase()), prefix)
      const time = timestampHeader === undefined ? undefined : header(timestampHeader.toLowerCase())
      return claim && { ...claim, time }
    },
    timed: ({ timestampHeader }) => timestampHeader !== undefined,
    prefix: (time) => (time === '' ? '' : `${time}.`),
  },
}

/**
 * What a signed call is known by when somebody sends it again, however its headers were changed; undefined for a
 * signature that names no time: two calls of the same body may both be meant then.
 */
export function signedDigest(call: SignedCall, settings: HookSignature): string | undefined {
  const scheme = schemes[settings.scheme ?? 'hmac']
  const time = scheme.claim(call, settings)?.time
  if (!scheme.timed(settings) || time === undefined) return undefined
  return createHash('sha256').update(scheme.prefix(time)).update(call.raw).digest('base64url')
}

/** How far the clocks of sender and gateway may be apart, in milliseconds. */
export const toleranceMs = ({ toleranceSeconds = 300 }: HookSignature) => toleranceSeconds * 1_000

/** Whether the sender who knows the secret has signed this body. Compares in constant time. */
export function checkSignature(call: SignedCall, settings: HookSignature, secret: string): SignatureVerdict {
  const scheme = schemes[settings.scheme ?? 'hmac']
  const claim = scheme.claim(call, settings)
  if (!claim) return 'absent'
  const timed = scheme.timed(settings)
  const time = timed ? claim.time : ''
  if (time === undefined || (timed && !/^\d{1,12}$/.test(time))) return 'wrong'
  const { algorithm = 'sha256', encoding = 'hex' } = scheme === schemes.hmac ? settings : {}
  const expected = createHmac(algorithm, secret).update(scheme.prefix(time)).update(call.raw).digest(encoding)
  const right = claim.signatures.map((given) => equal(given, expected, encoding)).includes(true)
  if (!right) return 'wrong'
  if (timed && Math.abs(call.now - Number(time) * 1_000) > toleranceMs(settings)) return 'stale'
  return 'right'
}

/** Hex in either case. Digests first, so that the lengths agree and nothing is told by them. */
function equal(given: string, expected: string, encoding: string): boolean {
  const text = encoding === 'hex' ? given.toLowerCase() : given
  return equalDigests(secretDigest(text), secretDigest(expected))
}

function sole(value: string | undefined, prefix: string): Claim | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  return { signatures: text.startsWith(prefix) ? [text.slice(prefix.length)] : [] }
}

/** `t=<seconds>,v1=<hex>,v1=<hex>`: several while a secret is exchanged. */
function stripeClaim(value: string | undefined): Claim | undefined {
  if (value === undefined) return undefined
  const parts = value.split(',').map((part) => part.trim().split('=', 2))
  const all = (name: string) => parts.flatMap(([key, text = '']) => (key === name ? [text] : []))
  return { signatures: all('v1').slice(0, 10), time: all('t')[0] }
}
