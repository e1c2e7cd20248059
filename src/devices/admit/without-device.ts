import type { ConnectClient } from '../../../schemas/ws/connect.js'
import { grantScopes } from '../../auth/scopes.js'
import type { Scope } from '../../auth/types.js'
import type { Refused } from '../admission.js'
import type { NotProven, Proven } from './credentials.js'
import { refuseDenial } from './denials.js'
import type { Door } from './door.js'
import type { Handshake } from './handshake.js'
import { refusePageWithoutDevice, refuseWithoutDevice } from './refuse.js'

const missing: ReadonlySet<string> = new Set(['token_missing', 'password_missing'])

/**
 * What a client without a device may do (spec/protocol.md 2.5): the command line and back ends on this machine what
 * they ask for, other programs here nothing but `health`, pages behind a proxy that signed the user in what the config
 * gives that user. Everybody else needs a device.
 */
export function scopesWithoutDevice(
  { role, params, requested, about }: Handshake,
  { page, local, origin }: Door,
  proven: Proven | NotProven,
  identity: readonly Scope[],
): readonly Scope[] | Refused {
  const needsDevice = page || params.client.mode === 'ui'
  if (!proven.ok) {
    const { denial, retryWithDeviceToken } = proven
    if (needsDevice && !denial.reason.startsWith('trusted_proxy_')) return refusePageWithoutDevice()
    if (missing.has(denial.reason)) return refuseWithoutDevice()
    return refuseDenial(denial, about, retryWithDeviceToken)
  }
  const { method, limit } = proven
  if (role !== 'operator') return refuseWithoutDevice()
  if (page && method === 'trusted-proxy') return grantScopes(requested, limit, identity)
  if (needsDevice) return refusePageWithoutDevice()
  const shared = method === 'token' || method === 'password' || method === 'none'
  if (!shared || !local || origin !== undefined) return refuseWithoutDevice()
  return keepsScopes(params.client) ? grantScopes(requested, limit) : []
}

function keepsScopes({ id, mode }: ConnectClient): boolean {
  return (id === 'cli' && mode === 'cli') || (id === 'gateway-client' && mode === 'backend')
}
