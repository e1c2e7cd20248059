/** Everything that a device signs when it connects. */
export interface SignedFacts {
  readonly deviceId: string
  readonly clientId: string
  readonly clientMode: string
  readonly role: string
  /** As sent, in the order in which they were sent. */
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly signedAt: number
  /** The credential that goes with the request; never a password (`signedToken`). */
  readonly token: string
  readonly nonce: string
  readonly platform: string
  readonly deviceFamily: string | undefined
}

/** What is signed today (spec/protocol.md 2.3). */
export function payloadV3(facts: SignedFacts): string {
  return ['v3', ...common(facts), metadata(facts.platform), metadata(facts.deviceFamily)].join('|')
}

/** The older form, which says nothing of platform and device family. */
export function payloadV2(facts: SignedFacts): string {
  return ['v2', ...common(facts)].join('|')
}

/** The token at position 8: the first that is there, even when it is empty. */
export function signedToken(auth: {
  readonly token?: string | undefined
  readonly deviceToken?: string | undefined
  readonly bootstrapToken?: string | undefined
}): string {
  return auth.token ?? auth.deviceToken ?? auth.bootstrapToken ?? ''
}

/** Trimmed, and lower case in ASCII only: other letters stay as they are in every locale. */
export function metadata(text: string | undefined): string {
  return (text ?? '').trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function common(facts: SignedFacts): readonly string[] {
  const { deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce } = facts
  return [deviceId, clientId, clientMode, role, scopes.join(','), String(signedAt), token, nonce]
}
