import type { DevicePairRequested, DeviceTokenRotated, PairedDevice } from '../../schemas/ws/device.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import type { Store } from '../storage/types.js'
import { approveRequest, rejectRequest } from './approve.js'
import type { DeviceContext, DeviceKeys } from './context.js'
import type { DeviceEvents } from './events.js'
import type { DeviceIdentity } from './identity.js'
import { identityPath, openIdentity } from './identity-file.js'
import { removeDevice, renameDevice, revokeToken, rotateToken } from './manage.js'
import { createNodes, type Nodes } from './nodes/nodes.js'
import { shownRequest, waitingRequests } from './requests.js'
import { mayManage } from './rules.js'
import { TokenMint } from './tokens.js'
import type { Connected, Manager } from './types.js'
import { shownDevice } from './view.js'

export interface DevicesOptions {
  readonly store: Pick<Store, 'devices' | 'pairRequests' | 'nodes'>
  readonly clock: Clock
  readonly bus: Bus<DeviceEvents>
  readonly log: Logger
  readonly config: () => Config
  /** The folder of the identity (`instance.paths.credentials`). */
  readonly credentials: string
  readonly connected: Connected
}

/**
 * Who is paired with one gateway. Whoever manages is a `Manager`; what he may not see is `not_found`, what he may not
 * give is `missing_scope`. A promise that resolved is on disk.
 */
export interface Devices {
  /** What `admit` works on. */
  readonly context: DeviceContext
  readonly nodes: Nodes
  /** The key by which this gateway is known. Made at the first call. */
  identity(): Promise<DeviceIdentity>
  list(caller: Manager): Promise<{ pending: DevicePairRequested[]; paired: PairedDevice[] }>
  approve(requestId: string, caller: Manager): Promise<PairedDevice>
  /** Gives the device's id. */
  reject(requestId: string, caller: Manager): Promise<string>
  remove(deviceId: string, caller: Manager): Promise<void>
  /** Gives the name as it was kept. */
  rename(deviceId: string, label: string, caller: Manager): Promise<string>
  rotate(
    wish: { readonly deviceId: string; readonly role: string; readonly scopes?: readonly string[] },
    caller: Manager,
  ): Promise<DeviceTokenRotated>
  /** Gives the time, in milliseconds since the epoch. */
  revoke(deviceId: string, role: string, caller: Manager): Promise<number>
}

export function openDevices(options: DevicesOptions): Devices {
  const { store, clock, bus, log, connected, credentials, config } = options
  const keys = onceUntilItFails(async (): Promise<DeviceKeys> => {
    const identity = await openIdentity(identityPath(credentials))
    return { identity, mint: new TokenMint(identity) }
  })
  const context: DeviceContext = { store, clock, bus, log, connected, locks: new KeyedMutex(), keys }
  return {
    context,
    nodes: createNodes(context, () => config().gateway?.nodes?.commands),
    identity: async () => (await keys()).identity,
    async list(caller) {
      const [waiting, paired] = await Promise.all([waitingRequests(context, 'device'), store.devices.list()])
      return {
        pending: waiting.filter(({ deviceId }) => mayManage(caller, deviceId)).map(shownRequest),
        paired: paired.filter(({ id }) => mayManage(caller, id)).map((device) => shownDevice(device, connected)),
      }
    },
    approve: async (requestId, caller) => shownDevice(await approveRequest(context, requestId, caller), connected),
    reject: (requestId, caller) => rejectRequest(context, requestId, caller),
    remove: (deviceId, caller) => removeDevice(context, deviceId, caller),
    rename: (deviceId, label, caller) => renameDevice(context, deviceId, label, caller),
    rotate: (wish, caller) => rotateToken(context, wish, caller),
    revoke: (deviceId, role, caller) => revokeToken(context, deviceId, role, caller),
  }
}

/** Does the work once; after a failure the next caller tries again. */
function onceUntilItFails<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined
      throw error
    })
    return result
  }
}
