import type { PresenceEntry } from '../../schemas/ws/presence.js'
import type { Clock } from '../kernel/clock.js'
import type { Hub } from './hub.js'
import type { Peer } from './peer.js'

/** Clients that stay; what connects for one question is nobody's business (spec/protocol.md section 3). */
const stayingModes: readonly string[] = ['ui', 'webchat', 'node']
/** Rows beside the gateway's own; the oldest give way. */
const maxRows = 200
/** How long what a client reported of itself holds, when no socket of it is open. */
const beaconMs = 5 * 60_000
/** Changes within this time are told together; longer when many are to be told. */
const leastPauseMs = 100
const mostPauseMs = 5_000

/** What a client reports of itself with `system-event`. */
export type Beacon = Omit<Partial<PresenceEntry>, 'ts' | 'onlineSince' | 'scopes' | 'roles'>

interface Row {
  entry: PresenceEntry
  readonly connections: Set<string>
}

/** Who is there: the gateway, the pages and nodes that are connected, and what clients report of themselves. */
export class Presence {
  readonly #hub: Hub
  readonly #clock: Clock
  readonly #self: PresenceEntry
  /** In order of their last change. */
  readonly #rows = new Map<string, Row>()
  readonly #stops: readonly (() => void)[]
  #cancel: (() => void) | undefined

  constructor(hub: Hub, clock: Clock, self: Omit<PresenceEntry, 'ts'>) {
    this.#hub = hub
    this.#clock = clock
    this.#self = { ...self, mode: 'gateway', reason: 'self', ts: clock.now() }
    this.#stops = [hub.onJoin((peer) => this.#joined(peer)), hub.onLeave((peer) => this.#left(peer))]
  }

  /** The gateway first, then the others, the latest change first. */
  rows(): PresenceEntry[] {
    this.#forget()
    const others = [...this.#rows.values()].map(({ entry }) => entry).reverse()
    return [{ ...this.#self, ts: this.#clock.now() }, ...others]
  }

  /** Takes over what a client says of itself. */
  report(beacon: Beacon): void {
    const key = beacon.deviceId ?? beacon.instanceId ?? beacon.host
    if (key === undefined) return
    const { entry, connections } = this.#rows.get(key) ?? { entry: { ts: 0 }, connections: new Set<string>() }
    this.#put(key, { entry: { ...entry, ...beacon, ts: this.#clock.now() }, connections })
  }

  /** Notes the sessions that a client shows; undone when it goes. Clients that do not stay have no row for it. */
  watches(peer: Peer, sessionKeys: readonly string[]): void {
    const row = this.#rows.get(keyOf(peer))
    if (!row?.connections.has(peer.connId)) return
    const { watchedSessions: _before, ...entry } = row.entry
    const watched = sessionKeys.length > 0 && { watchedSessions: [...sessionKeys] }
    this.#put(keyOf(peer), { ...row, entry: { ...entry, ...watched } })
  }

  close(): void {
    this.#cancel?.()
    for (const stop of this.#stops) stop()
  }

  #joined(peer: Peer): void {
    if (!stays(peer)) return
    const key = keyOf(peer)
    const connections = this.#rows.get(key)?.connections ?? new Set<string>()
    connections.add(peer.connId)
    this.#put(key, { entry: entryOf(peer, this.#clock.now()), connections })
  }

  #left(peer: Peer): void {
    const connections = this.#rows.get(keyOf(peer))?.connections
    if (!connections?.delete(peer.connId) || connections.size > 0) return
    this.#rows.delete(keyOf(peer))
    this.#changed()
  }

  #put(key: string, row: Row): void {
    this.#rows.delete(key)
    this.#rows.set(key, row)
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= maxRows) break
      this.#rows.delete(oldest)
    }
    this.#changed()
  }

  #forget(): void {
    const oldest = this.#clock.now() - beaconMs
    for (const [key, { entry, connections }] of this.#rows) {
      if (connections.size === 0 && entry.ts < oldest) this.#rows.delete(key)
    }
  }

  #changed(): void {
    this.#hub.versions.presence += 1
    const pauseMs = Math.min(Math.max(this.#hub.size, leastPauseMs), mostPauseMs)
    this.#cancel ??= this.#clock.after(pauseMs, () => {
      this.#cancel = undefined
      this.#hub.broadcast('presence', { presence: this.rows() }, { droppable: true })
    })
  }
}

const stays = ({ caller }: Peer) => stayingModes.includes(caller.client?.mode ?? '')
/** Two tabs of one browser are one row. */
const keyOf = ({ caller, connId }: Peer) => caller.deviceId ?? caller.client?.instanceId ?? connId

function entryOf({ caller, connectedAt }: Peer, ts: number): PresenceEntry {
  const { client, role, scopes, deviceId, clientIp, local } = caller
  const { id, displayName, version, platform, deviceFamily, modelIdentifier, timeZone, mode, instanceId } = client ?? {}
  const known = { version, platform, deviceFamily, modelIdentifier, timeZone, mode, instanceId, deviceId }
  return {
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value)),
    host: displayName || id,
    ...(!local && clientIp !== '' && { ip: clientIp }),
    roles: [role],
    ...(scopes.length > 0 && { scopes: [...scopes] }),
    reason: 'connect',
    onlineSince: connectedAt,
    ts,
  }
}
