import type { HelloOk } from '../../schemas/ws/connect.js'
import type { DeviceIdentity } from '../devices/identity.js'
import { sleep } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { clientClock } from './clock.js'
import type { DeviceTokens, TokenOwner } from './device-tokens.js'
import { checkListener } from './listener-owner.js'
import { clientRole, type LoginMaterial, type LoginWishes, loginWith } from './login.js'
import { defaultTimeoutMs, type FoundGateway } from './open.js'
import { isLoopback } from './plaintext.js'
import { Connection, type ConnectionListener } from './socket/connection.js'
import { handshakeCode } from './socket/retry.js'

export interface ConnectWishes extends LoginWishes {
  /** To open the socket, and again to `hello-ok`, in milliseconds. */
  readonly connectMs?: number | undefined
  readonly listener?: ConnectionListener | undefined
  readonly signal?: AbortSignal | undefined
}

/** A gateway that has opened the socket is there; it may be busy with its own start. In milliseconds. */
const helloMs = 10_000

/** Between two looks at a gateway that is starting, in milliseconds. */
const startingMs = 200

/** The key of this state directory and what gateways issued to it. */
interface Device {
  readonly identity: DeviceIdentity
  readonly owner: TokenOwner
  readonly tokens: DeviceTokens
}

/**
 * Opens a socket with whatever may be shown there (spec/protocol.md 2.4, 2.5): the shared secret; towards another machine,
 * and where there is no secret, signed by the key of the state directory; the token that the gateway issued to that key
 * where there is no secret. Throws `gateway_unreachable`.
 */
export async function connectGateway(found: FoundGateway, wishes: ConnectWishes): Promise<Connection> {
  const { credential, target, withoutSecret } = found
  await checkListener(found)
  // A program of this machine that holds the secret needs no device (spec/protocol.md 2.5).
  const bare = isLoopback(target.base.hostname) && (credential !== undefined || withoutSecret)
  const device = bare ? undefined : await openDevice(found)
  const deviceToken = credential ? undefined : await device?.tokens.read(device.owner)
  const material = { credential, identity: device?.identity, deviceToken }
  try {
    return await openPatiently(found, wishes, material, device)
  } catch (error) {
    const second = await secondTry(found, material, handshakeCode(error))
    if (!second) throw error
    return open(found, wishes, second.material, second.device)
  }
}

/** A gateway that is just starting is asked again, for as long as one that is down may take to be reported. */
async function openPatiently(...request: Parameters<typeof open>): Promise<Connection> {
  const { connectMs = defaultTimeoutMs, signal } = request[1]
  const until = clientClock.monotonic() + connectMs
  for (;;) {
    try {
      return await open(...request)
    } catch (error) {
      const leftMs = until - clientClock.monotonic()
      if (!isStarting(error) || leftMs <= startingMs) throw error
      await sleep(clientClock, startingMs, signal)
    }
  }
}

function isStarting(error: unknown): boolean {
  return error instanceof GatewayError && error.details?.kind === 'starting'
}

/** The one other way that may be tried after a refusal; undefined when there is none. */
async function secondTry(
  found: FoundGateway,
  first: LoginMaterial,
  code = '',
): Promise<{ material: LoginMaterial; device: Device } | undefined> {
  const { credential, identity, deviceToken } = first
  if (code === 'AUTH_DEVICE_TOKEN_MISMATCH' && deviceToken !== undefined) {
    const device = await openDevice(found)
    await device.tokens.forget(device.owner)
    return { material: { credential, identity: device.identity, deviceToken: undefined }, device }
  }
  if (code === 'AUTH_TOKEN_MISMATCH' && credential && mayGetDeviceToken(found)) {
    const device = await openDevice(found)
    const kept = await device.tokens.read(device.owner)
    if (kept !== undefined) return { material: { credential, identity: device.identity, deviceToken: kept }, device }
  }
  const wantsDevice = code === 'DEVICE_IDENTITY_REQUIRED' || (code.startsWith('AUTH_') && mayEnterAsOwner(found))
  if (identity || !wantsDevice) return undefined
  const device = await openDevice(found)
  return { material: { credential: undefined, identity: device.identity, deviceToken: undefined }, device }
}

/** A token must not go where the secret was wrong, unless it is certain who is there. */
function mayGetDeviceToken({ target, pin }: FoundGateway): boolean {
  return isLoopback(target.base.hostname) || pin !== undefined
}

/**
 * The key of the state directory opens its own gateway, whatever secret that was started with
 * (src/devices/admit/owner.ts). Not in place of a secret that the user gave with the command.
 */
function mayEnterAsOwner({ target, credential }: FoundGateway): boolean {
  return target.source === 'local' && credential?.from !== '--token' && credential?.from !== '--password'
}

async function open(
  { target, pin, headers, instance }: FoundGateway,
  wishes: ConnectWishes,
  material: LoginMaterial,
  device: Device | undefined,
): Promise<Connection> {
  const connection = await Connection.open({
    address: { base: target.base, display: target.display, pin, headers },
    login: loginWith(material, wishes, instance),
    openMs: wishes.connectMs ?? defaultTimeoutMs,
    helloMs: wishes.connectMs ?? helloMs,
    clock: clientClock,
    listener: wishes.listener,
    signal: wishes.signal,
  })
  await device?.tokens.keep(device.owner, connection.hello.auth)
  return connection
}

/** Keeps a token that the gateway gave to this device in place of the one before. */
export async function keepDeviceToken(found: FoundGateway, auth: HelloOk['auth']): Promise<void> {
  const device = await openDevice(found)
  await device.tokens.keep(device.owner, auth)
}

/** Keys and hashes are loaded only where they are needed. */
async function openDevice({ target, instance }: FoundGateway): Promise<Device> {
  const [{ identityPath, openIdentity }, { DeviceTokens }] = await Promise.all([
    import('../devices/identity-file.js'),
    import('./device-tokens.js'),
  ])
  const identity = await openIdentity(identityPath(instance.paths.credentials))
  const owner = { gateway: target.keptAs ?? target.base, deviceId: identity.deviceId, role: clientRole }
  return { identity, owner, tokens: new DeviceTokens(instance.paths.credentials) }
}
