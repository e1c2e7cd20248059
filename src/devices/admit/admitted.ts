import type { Caller, CallerMethod } from '../../auth/caller.js'
import type { Scope } from '../../auth/types.js'
import type { Admitted } from '../admission.js'
import type { Door } from './door.js'
import type { Handshake } from './handshake.js'

/** What was decided about whoever comes in. */
export interface Standing {
  readonly method: CallerMethod
  readonly user: string | undefined
  readonly scopes: readonly Scope[]
  readonly deviceId?: string
  readonly generation: string | undefined
}

export function admitted(handshake: Handshake, door: Door, standing: Standing): Admitted {
  const { params, role, protocol, about } = handshake
  const { clientId, clientMode, ...client } = about
  const { instanceId, timeZone } = params.client
  const caller: Caller = {
    role,
    scopes: standing.scopes,
    method: standing.method,
    user: standing.user,
    clientIp: door.attribution.clientIp,
    local: door.local,
    client: {
      id: clientId,
      mode: clientMode,
      ...client,
      ...(instanceId !== undefined && { instanceId }),
      ...(timeZone !== undefined && { timeZone }),
    },
    deviceId: standing.deviceId,
    caps: params.caps ?? [],
    ...(standing.generation !== undefined && { secretGeneration: standing.generation }),
  }
  return { ok: true, caller, protocol }
}
