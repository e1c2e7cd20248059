import type { TSchema } from '../../../schemas/type.js'
import { ConnectParams } from '../../../schemas/ws/connect.js'
import { protocolVersion } from '../../../schemas/ws/frames.js'
import type { Role } from '../../auth/caller.js'
import { isScope } from '../../auth/scopes.js'
import type { Scope } from '../../auth/types.js'
import type { RequestFacts } from '../../auth/verdict.js'
import type { Refused } from '../admission.js'
import { signedToken } from '../payload.js'
import type { ProofContext } from '../proof.js'
import type { DeviceAbout } from '../types.js'
import { refuse, refuseProtocol } from './refuse.js'

/** What the socket knows when `connect` came. */
export interface ConnectRequest {
  /** As sent; not validated. */
  readonly params: unknown
  readonly facts: RequestFacts
  readonly challenge: { readonly nonce: string; readonly ts: number }
}

/** A `connect` that is well formed. */
export interface Handshake {
  readonly params: ConnectParams
  readonly role: Role
  /** The scopes that exist among those that were asked for; none for nodes. */
  readonly requested: readonly Scope[]
  readonly about: DeviceAbout
  readonly protocol: number
  readonly facts: RequestFacts
  readonly nonce: string
}

export type Problem = (schema: TSchema, value: unknown) => string | undefined

/** Probes and nodes may still speak this version. */
const oldestProtocol = 3
const maxText = 128

/** Shape, protocol and role, in this order. */
export function readHandshake(request: ConnectRequest, problem: Problem): Handshake | Refused {
  const wrong = problem(ConnectParams, request.params ?? {})
  if (wrong !== undefined) return refuse('INVALID_REQUEST', `invalid connect params: ${wrong}`)
  const params = request.params as ConnectParams
  const { role = 'operator', minProtocol, maxProtocol, scopes = [] } = params
  const oldest = speaksOld(params) ? oldestProtocol : protocolVersion
  if (minProtocol > protocolVersion || maxProtocol < oldest || minProtocol > maxProtocol) {
    const range = { expectedProtocol: protocolVersion, minimumProbeProtocol: oldestProtocol }
    return refuseProtocol(minProtocol, maxProtocol, range)
  }
  if (role !== 'operator' && role !== 'node') return refuse('INVALID_REQUEST', 'invalid role')
  return {
    params,
    role,
    requested: role === 'operator' ? [...new Set(scopes.filter(isScope))] : [],
    about: aboutOf(params),
    protocol: Math.min(maxProtocol, protocolVersion),
    facts: request.facts,
    nonce: request.challenge.nonce,
  }
}

/** What the device's signature has to cover, as it was sent. */
export function signedFacts({ params, role }: Handshake): ProofContext['facts'] {
  const { client, scopes = [], auth = {} } = params
  const { id: clientId, mode: clientMode, platform, deviceFamily } = client
  return { clientId, clientMode, role, scopes, token: signedToken(auth), platform, deviceFamily }
}

function speaksOld({ role, client }: ConnectParams): boolean {
  return client.mode === 'probe' || (role === 'node' && client.mode === 'node')
}

function aboutOf({ client }: ConnectParams): DeviceAbout {
  const optional = (name: 'deviceFamily' | 'displayName' | 'modelIdentifier') => {
    const text = clean(client[name] ?? '')
    return text === '' ? {} : { [name]: text }
  }
  return {
    clientId: client.id,
    clientMode: client.mode,
    platform: clean(client.platform) || 'unknown',
    version: clean(client.version) || 'unknown',
    ...optional('deviceFamily'),
    ...optional('displayName'),
    ...optional('modelIdentifier'),
  }
}

/** Stored and shown in terminals: one short line without control characters. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim()
    .slice(0, maxText)
}
