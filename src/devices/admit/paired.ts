import { grantScopes, hasScope } from '../../auth/scopes.js'
import type { Scope } from '../../auth/types.js'
import { type Admission, isRefusal, type Refused } from '../admission.js'
import { approveSilently } from '../approve.js'
import { tokenForConnect } from '../connect-token.js'
import { declareNode } from '../nodes/gate.js'
import type { PublicKey } from '../public-key.js'
import { askToPair } from '../requests.js'
import { approvedScopes } from '../tokens.js'
import type { DeviceRow, NodeSurface, PairAsk } from '../types.js'
import { admitted } from './admitted.js'
import { checkCredentials, type Proven } from './credentials.js'
import { refuseDenial } from './denials.js'
import type { Door } from './door.js'
import type { Handshake } from './handshake.js'
import { pairingNeed, silentApproval } from './pairing.js'
import { autoApproveScopes, identityScopes } from './proxied.js'
import { refusePairing } from './refuse-pairing.js'
import type { AdmitServices } from './services.js'

export interface DeviceFacts {
  readonly publicKey: PublicKey
  /** The shared secret of this moment. */
  readonly generation: string | undefined
}

/** A client whose device has shown its key: credentials, pairing, token. One at a time for each device. */
export function admitPaired(
  services: AdmitServices,
  handshake: Handshake,
  door: Door,
  facts: DeviceFacts,
): Promise<Admission> {
  const { context } = services.devices
  const id = facts.publicKey.deviceId
  return context.locks.run(id, async () => {
    const known = await context.store.devices.get(id)
    const proven = checkCredentials(services, handshake, known, facts.generation)
    if (!proven.ok) return refuseDenial(proven.denial, handshake.about, proven.retryWithDeviceToken)
    const identity = identityScopes(services.config(), proven)
    const wanted = scopesToApprove(services, handshake, door, proven, known, identity)
    const ask = askOf(handshake, door, facts.publicKey, wanted)
    const device = await letIn(services, { handshake, door, proven, known, identity, ask })
    if (isRefusal(device)) return device
    return welcome(services, handshake, door, { proven, identity, ask, device: device.row })
  })
}

interface Asking {
  readonly handshake: Handshake
  readonly door: Door
  readonly proven: Proven
  readonly known: DeviceRow | undefined
  readonly identity: readonly Scope[]
  readonly ask: PairAsk
}

/** The device once it is approved for what it asks; no row for a page that its user's identity lets in. */
async function letIn(
  { devices, config }: AdmitServices,
  { handshake, door, proven, known, identity, ask }: Asking,
): Promise<Refused | { readonly row: DeviceRow | undefined }> {
  const { context } = devices
  const need = pairingNeed(known, handshake, ask.scopes)
  if (!need) return { row: known }
  const via = silentApproval(need, known, handshake, door, proven, config())
  if (via) return { row: await approveSilently(context, ask, known, via) }
  // Whom the config gives scopes by name is known without a device (PAINS 29).
  if (door.page && handshake.role === 'operator' && identity.length > 0) return { row: undefined }
  const request = await askToPair(context, ask, known !== undefined)
  // What a node brings is shown beside it, so that one approval can do for both.
  if (need === 'not-paired' || need === 'role-upgrade') await declare({ devices, config }, handshake, ask, undefined)
  const waits = door.page || handshake.params.client.mode === 'ui'
  return refusePairing(need, request, known, waits)
}

interface Welcome {
  readonly proven: Proven
  readonly identity: readonly Scope[]
  readonly ask: PairAsk
  readonly device: DeviceRow | undefined
}

async function welcome(
  services: AdmitServices,
  handshake: Handshake,
  door: Door,
  { proven, identity, ask, device }: Welcome,
): Promise<Admission> {
  const { role, requested } = handshake
  const { method, user, limit } = proven
  const approved = device ? approvedScopes(device) : []
  const scopes = role === 'operator' ? grantScopes(requested, limit, [...approved, ...identity]) : []
  const standing = { method, user, scopes, deviceId: ask.deviceId, generation: proven.generation }
  if (!device) return admitted(handshake, door, standing)
  const { context } = services.devices
  // A page's token ends with the secret that it was made from.
  const generation = method === 'device-token' || door.page ? proven.generation : undefined
  const kept = grantScopes(scopes, approved)
  const issued = await tokenForConnect(context, device, role, { granted: kept, limit, generation })
  await declare(services, handshake, ask, device)
  const seen = { at: context.clock.now(), reason: 'connect', ...(method === 'device-token' && { role }) }
  // Nobody waits for this note, and nothing hangs on it.
  context.store.devices.seen(device.id, seen).catch((err: unknown) => {
    context.log.debug({ err, deviceId: device.id }, 'the visit of a device was not noted')
  })
  const token = issued && { deviceToken: issued.token, issuedAtMs: issued.issuedAt }
  return { ...admitted(handshake, door, standing), ...token }
}

/**
 * What would have to be approved: not what the credentials do not allow anyway, not what the user's identity gives for
 * as long as the connection lasts, and of a signed-in user's page no more than the config lets it have.
 */
function scopesToApprove(
  { config }: AdmitServices,
  { requested, role }: Handshake,
  { page }: Door,
  { method, limit }: Proven,
  known: DeviceRow | undefined,
  identity: readonly Scope[],
): readonly Scope[] {
  const possible = grantScopes(requested, limit)
  const auto = page && role === 'operator' && method === 'trusted-proxy' ? autoApproveScopes(config()) : undefined
  if (auto) return grantScopes(possible, [...auto, ...(known ? approvedScopes(known) : [])])
  return possible.filter((scope) => !hasScope(identity, scope))
}

function askOf(
  { role, about, params }: Handshake,
  door: Door,
  { deviceId, text }: PublicKey,
  scopes: readonly Scope[],
) {
  const ask: PairAsk = {
    deviceId,
    publicKey: text,
    role,
    scopes,
    about,
    surface: role === 'node' ? surfaceOf(params) : undefined,
    browserOrigin: door.origin,
    remoteIp: door.attribution.clientIp,
  }
  return ask
}

function surfaceOf({ caps = [], commands = [], permissions = {} }: Handshake['params']): NodeSurface {
  return { caps: [...new Set(caps)], commands: [...new Set(commands)], permissions }
}

async function declare(
  { devices, config }: Pick<AdmitServices, 'devices' | 'config'>,
  { params }: Handshake,
  ask: PairAsk,
  device: DeviceRow | undefined,
): Promise<void> {
  const { surface } = ask
  if (!surface) return
  const lists = config().gateway?.nodes?.commands
  const { pathEnv } = params
  await declareNode(devices.context, { ...ask, surface }, { device, lists, ...(pathEnv !== undefined && { pathEnv }) })
}
