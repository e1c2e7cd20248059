import type { AuthSettings } from '../../auth/settings.js'
import type { DeviceIdentity } from '../identity.js'
import type { Door } from './door.js'
import type { Handshake } from './handshake.js'

/**
 * Bootstrap by file access (PAINS 32): the key of the state directory is 0600, so whoever signs a handshake with it can
 * read that directory, the config with its secrets and the database. Such a program on this machine is let in as the
 * first operator, with the scopes that it asks for, whatever gateway auth says and before any device is paired:
 * `openclaw devices approve` always works where the gateway runs. Nothing secret goes over the wire; the nonce binds the
 * signature to this socket. A page or anything that came through a proxy is no such program, so a key that got out is
 * worth nothing elsewhere.
 */
export function isOwner(
  { role, facts, params }: Handshake,
  { attribution, origin }: Door,
  identity: DeviceIdentity,
  settings: AuthSettings,
): boolean {
  if (role !== 'operator' || params.device?.id !== identity.deviceId) return false
  if (origin !== undefined || facts.headers.forwarded || facts.headers.fetchMetadata) return false
  if (attribution.kind === 'direct-local') return true
  // A gateway that listens on one network address only is reached by its own machine from that address.
  return attribution.kind === 'direct-remote' && (settings.ownAddresses()?.has(attribution.peerIp) ?? false)
}
