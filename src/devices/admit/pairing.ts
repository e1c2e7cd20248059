import { IpSet } from '../../auth/ip-set.js'
import { hasScope } from '../../auth/scopes.js'
import type { Scope } from '../../auth/types.js'
import type { Config } from '../../config/types.js'
import { metadata } from '../payload.js'
import { systemOf } from '../system.js'
import { approvedScopes } from '../tokens.js'
import { type ApprovedVia, type DeviceAbout, type DeviceRow, hasRole } from '../types.js'
import type { Proven } from './credentials.js'
import type { Door } from './door.js'
import type { Handshake } from './handshake.js'
import { autoApproveScopes } from './proxied.js'

export type PairingNeed = 'not-paired' | 'role-upgrade' | 'scope-upgrade' | 'metadata-upgrade'

/** What a device would have to be approved for; undefined when it is already. */
export function pairingNeed(
  device: DeviceRow | undefined,
  { role, about }: Handshake,
  wanted: readonly Scope[],
): PairingNeed | undefined {
  if (!device) return 'not-paired'
  if (!hasRole(device, role)) return 'role-upgrade'
  const held = approvedScopes(device)
  if (role === 'operator' && wanted.some((scope) => !hasScope(held, scope))) return 'scope-upgrade'
  return isOtherMachine(device.about, about) ? 'metadata-upgrade' : undefined
}

/**
 * Who approves without anybody being asked (spec/protocol.md 2.6), undefined when somebody has to be: a program on this
 * machine with the shared secret, a fresh node from a network of the config, a signed-in user's page.
 */
export function silentApproval(
  need: PairingNeed,
  device: DeviceRow | undefined,
  handshake: Handshake,
  door: Door,
  proven: Proven,
  config: Config,
): Exclude<ApprovedVia, 'operator' | 'owner'> | undefined {
  if (isLocalApproval(need, device, door, proven, config)) return 'silent'
  if (isKnownNetwork(need, handshake, door, config)) return 'cidr'
  const signedIn = proven.method === 'trusted-proxy' && door.page && handshake.role === 'operator'
  return signedIn && need !== 'role-upgrade' && autoApproveScopes(config) ? 'trusted-proxy' : undefined
}

function isLocalApproval(
  need: PairingNeed,
  device: DeviceRow | undefined,
  { local, origin, page, ownPage }: Door,
  { method }: Proven,
  { gateway }: Config,
): boolean {
  if (!local || gateway?.nodes?.pairing?.autoApproveLocal === false) return false
  if (method !== 'token' && method !== 'password' && method !== 'none') return false
  // Without a secret any page of this machine could pose as ours; only our own is believed.
  const browser = origin !== undefined
  if (browser && !(page && (method !== 'none' || ownPage))) return false
  if (need === 'metadata-upgrade') return !browser
  return need !== 'role-upgrade' || (device !== undefined && hasRole(device, 'operator'))
}

function isKnownNetwork(need: PairingNeed, { role, params }: Handshake, door: Door, { gateway }: Config): boolean {
  const cidrs = gateway?.nodes?.pairing?.autoApproveCidrs ?? []
  if (cidrs.length === 0 || need !== 'not-paired' || role !== 'node' || door.origin !== undefined) return false
  if ((params.scopes ?? []).length > 0) return false
  return new IpSet(cidrs, 'gateway.nodes.pairing.autoApproveCidrs').has(door.attribution.clientIp)
}

/**
 * The key is the same but the machine says that it is another one. Version numbers do not count: a phone stays the same
 * phone after an update. Nor does what was not said before.
 */
function isOtherMachine(known: DeviceAbout, now: DeviceAbout): boolean {
  const family = kind(known.deviceFamily)
  if (family !== '' && family !== kind(now.deviceFamily)) return true
  const [before, after] = [systemOf(known.platform), systemOf(now.platform)]
  return before !== after || (before === 'unknown' && kind(known.platform) !== kind(now.platform))
}

function kind(text: string | undefined): string {
  return metadata(text)
    .replace(/\d[\w.]*/g, '')
    .trim()
}
