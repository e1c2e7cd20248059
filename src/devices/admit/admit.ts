import { grantScopes } from '../../auth/scopes.js'
import { type Admission, isRefusal, type Refused } from '../admission.js'
import { verifyProof } from '../proof.js'
import { secretGeneration } from '../secret-generation.js'
import { admitted } from './admitted.js'
import { checkCredentials, type Proven } from './credentials.js'
import { type Door, passDoor } from './door.js'
import { type ConnectRequest, type Handshake, readHandshake, signedFacts } from './handshake.js'
import { isOwner } from './owner.js'
import { admitPaired } from './paired.js'
import { identityScopes } from './proxied.js'
import { refuseProof } from './refuse.js'
import type { AdmitServices } from './services.js'
import { scopesWithoutDevice } from './without-device.js'

/**
 * Who comes in, and as what (spec/protocol.md section 2). In order: shape, protocol, role, where from, the device's
 * proof, the credentials, pairing. A device that has to wait is on disk before it is refused. Whoever registers the
 * socket must do so without awaiting anything in between: a removal waits behind the admission, not behind that.
 */
export async function admit(services: AdmitServices, request: ConnectRequest): Promise<Admission> {
  const admission = await decideAdmission(services, request)
  if (isRefusal(admission)) report(services, request, admission)
  return admission
}

async function decideAdmission(services: AdmitServices, request: ConnectRequest): Promise<Admission> {
  const handshake = readHandshake(request, services.problem)
  if (isRefusal(handshake)) return handshake
  const settings = services.auth.settings()
  const door = passDoor(handshake, settings)
  if (isRefusal(door)) return door
  const identity = await services.devices.identity()
  const generation = secretGeneration(settings, identity)
  const { device } = handshake.params
  if (!device) return admitWithoutDevice(services, handshake, door, generation)
  const { clock } = services.devices.context
  const proof = verifyProof(device, { nonce: handshake.nonce, now: clock.now(), facts: signedFacts(handshake) })
  if (!proof.ok) return refuseProof(proof.reason)
  if (isOwner(handshake, door, identity, settings)) return admitOwner(handshake, door, proof.publicKey.deviceId)
  return admitPaired(services, handshake, door, { publicKey: proof.publicKey, generation })
}

function admitWithoutDevice(
  services: AdmitServices,
  handshake: Handshake,
  door: Door,
  generation: string | undefined,
): Admission {
  const proven = checkCredentials(services, handshake, undefined, generation)
  const extra = proven.ok ? identityScopes(services.config(), proven) : []
  const scopes = scopesWithoutDevice(handshake, door, proven, extra)
  if (isRefusal(scopes)) return scopes
  // A refusal came back where nothing was proven.
  return admitted(handshake, door, { ...(proven as Proven), scopes })
}

function admitOwner(handshake: Handshake, door: Door, deviceId: string): Admission {
  const scopes = grantScopes(handshake.requested, ['operator.admin'])
  return admitted(handshake, door, {
    method: 'bootstrap-token',
    user: undefined,
    scopes,
    deviceId,
    generation: undefined,
  })
}

/** Devices that wait try again and again, and were logged when they first asked. */
function report({ devices }: AdmitServices, { facts }: ConnectRequest, { error }: Refused): void {
  const { code, authReason } = (error.details ?? {}) as { readonly code?: string; readonly authReason?: string }
  const details = { code: code ?? error.code, reason: authReason ?? error.message, peer: facts.peer }
  const { log } = devices.context
  if (code === 'PAIRING_REQUIRED') log.debug(details, 'a handshake was refused')
  else log.info(details, 'a handshake was refused')
}
