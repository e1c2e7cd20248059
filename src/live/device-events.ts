import type { AuthSettings } from '../auth/settings.js'
import type { DeviceEvents, DeviceInvalidated } from '../devices/events.js'
import type { Devices } from '../devices/open.js'
import { mayManage } from '../devices/rules.js'
import { secretGeneration } from '../devices/secret-generation.js'
import type { EventBus } from '../kernel/events.js'
import type { GatewayEvents } from './events.js'
import type { Hub } from './hub.js'

/** Closed by the gateway because what let the client in does so no more (spec/protocol.md section 1). */
const invalidatedCode = 4001

/**
 * Tells connected operators what happens to devices and nodes, each what it may manage, and closes the sockets of
 * devices that lost their place. What a node told is forgotten with its last socket. The returned function stops.
 */
export function followDevices(bus: EventBus<GatewayEvents>, hub: Hub, devices: Devices): () => void {
  const about = <K extends keyof DeviceEvents>(name: K, subject: (payload: DeviceEvents[K]) => string) =>
    bus.on(name, (payload) => {
      const id = subject(payload)
      hub.broadcast(name, payload, { to: ({ caller }) => mayManage(caller, id) })
    })
  const stops = [
    about('device.pair.requested', ({ deviceId }) => deviceId),
    about('device.pair.resolved', ({ deviceId }) => deviceId),
    about('node.pair.requested', ({ nodeId }) => nodeId),
    about('node.pair.resolved', ({ nodeId }) => nodeId),
    bus.on('device.pair.changed', (payload) => hub.broadcast('device.pair.changed', payload)),
    bus.on('node.pair.resolved', (payload) => {
      // The node itself waits for it; to one peer alone it has no number.
      for (const peer of hub.peers) {
        const { deviceId, role } = peer.caller
        if (role === 'node' && deviceId === payload.nodeId) peer.direct('node.pair.resolved', JSON.stringify(payload))
      }
    }),
    bus.on('device.invalidated', (event) => closeSockets(hub, event)),
    hub.onLeave(({ caller: { deviceId, role } }) => {
      if (deviceId === undefined || role !== 'node' || hub.connected(deviceId, role)) return
      devices.nodes.live.forget(deviceId)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Once the answer is out to whoever asked for it, who may sit at this very device. */
function closeSockets(hub: Hub, { deviceId, role, reason }: DeviceInvalidated): void {
  const stale = [...hub.peers].filter(
    ({ caller }) => caller.deviceId === deviceId && (role === undefined || caller.role === role),
  )
  setImmediate(() => {
    for (const peer of stale) peer.close(invalidatedCode, `client invalidated: ${reason}`)
  })
}

/** Closes the sockets that came in with a shared secret, or stand on one, that is no more. */
export async function closeOutdated(hub: Hub, devices: Devices, settings: AuthSettings): Promise<void> {
  if (hub.size === 0) return
  const generation = secretGeneration(settings, await devices.identity())
  hub.closeWhere(
    ({ caller }) => caller.secretGeneration !== undefined && caller.secretGeneration !== generation,
    invalidatedCode,
    'gateway auth changed',
  )
}
