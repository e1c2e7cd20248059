import type { ConnectAuth, ConnectParams } from '../../schemas/ws/connect.js'
import { protocolVersion } from '../../schemas/ws/frames.js'
import type { DeviceIdentity } from '../devices/identity.js'
import { signConnect } from '../devices/sign.js'
import type { Instance } from '../instance/types.js'
import type { Credential } from './credentials.js'
import { persona } from './persona.js'
import type { Login } from './socket/handshake.js'

export const clientRole = 'operator'

/** With what a client shows who it is; at least one of them. */
export interface LoginMaterial {
  /** The shared secret that may be sent there. */
  readonly credential: Credential | undefined
  /** The key of this state directory; signs the challenge. */
  readonly identity: DeviceIdentity | undefined
  /** What that gateway issued to this key earlier. */
  readonly deviceToken: string | undefined
}

export interface LoginWishes {
  /** Asked for, as few as the calls need. */
  readonly scopes: readonly string[]
  /** Features of events that the client understands (spec/protocol.md 2.2). */
  readonly caps?: readonly string[] | undefined
}

/** Puts `connect` together (spec/protocol.md 2.2 to 2.4). */
export function loginWith(
  material: LoginMaterial,
  { scopes, caps = [] }: LoginWishes,
  instance: Pick<Instance, 'version' | 'id'>,
): Login {
  const client = persona(instance)
  const auth = authOf(material)
  return async ({ nonce, ts }): Promise<ConnectParams> => ({
    minProtocol: protocolVersion,
    maxProtocol: protocolVersion,
    client,
    role: clientRole,
    scopes: [...scopes],
    caps: [...caps],
    ...(auth && { auth }),
    ...(material.identity && {
      device: signConnect(material.identity, { client, role: clientRole, scopes, auth, nonce, ts }),
    }),
  })
}

/** A device token alone goes into both fields, as the reference client sends it. */
function authOf({ credential, deviceToken }: LoginMaterial): ConnectAuth | undefined {
  const shared = credential && { [credential.kind]: credential.value }
  if (deviceToken === undefined) return shared
  return shared ? { ...shared, deviceToken } : { token: deviceToken, deviceToken }
}
