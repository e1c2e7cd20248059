import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import type { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import type { Store } from '../storage/types.js'
import type { DeviceEvents } from './events.js'
import type { DeviceIdentity } from './identity.js'
import type { TokenMint } from './tokens.js'
import type { Connected } from './types.js'

/** What the functions of this domain work on. */
export interface DeviceContext {
  readonly store: Pick<Store, 'devices' | 'pairRequests' | 'nodes'>
  readonly clock: Clock
  readonly bus: Bus<DeviceEvents>
  readonly log: Logger
  readonly connected: Connected
  /** Keyed by device: whatever reads a device and then writes it does so alone. */
  readonly locks: KeyedMutex
  /** Read, or made, when it is first needed. */
  readonly keys: () => Promise<DeviceKeys>
}

export interface DeviceKeys {
  readonly identity: DeviceIdentity
  readonly mint: TokenMint
}
