import { hasScope } from '../auth/scopes.js'
import type { Clock } from '../kernel/clock.js'
import { eventScopes } from './event-scopes.js'
import type { Peer } from './peer.js'

export interface BroadcastOptions {
  /** A peer that is behind may miss it. */
  readonly droppable?: boolean
  /** Only to peers for whom this holds, among those who may see it. */
  readonly to?: (peer: Peer) => boolean
}

type Watcher = (peer: Peer) => void

/** Every authenticated socket of one gateway, and the one way to reach them all. */
export class Hub {
  readonly #peers = new Map<string, Peer>()
  readonly #joined = new Set<Watcher>()
  readonly #left = new Set<Watcher>()
  readonly #clock: Clock
  /** Ordering hints of the two snapshots that clients hold; they only grow (spec/protocol.md section 3). */
  readonly versions = { presence: 0, health: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#peers.size
  }

  get peers(): Iterable<Peer> {
    return this.#peers.values()
  }

  add(peer: Peer): void {
    this.#peers.set(peer.connId, peer)
    for (const watch of this.#joined) watch(peer)
  }

  remove(peer: Peer): void {
    if (!this.#peers.delete(peer.connId)) return
    for (const watch of this.#left) watch(peer)
  }

  /** Tells of each peer that comes; the returned function stops. */
  onJoin(watch: Watcher): () => void {
    this.#joined.add(watch)
    return () => this.#joined.delete(watch)
  }

  /** Tells of each peer that goes; the returned function stops. */
  onLeave(watch: Watcher): () => void {
    this.#left.add(watch)
    return () => this.#left.delete(watch)
  }

  /** True when somebody would get the event: saves the making of payloads that nobody sees. */
  wants(name: string, to?: (peer: Peer) => boolean): boolean {
    if (this.#peers.size === 0) return false
    for (const peer of this.#peers.values()) if (maySee(name, peer) && (!to || to(peer))) return true
    return false
  }

  /** Sends to everybody who may see it. The payload is turned into text once, and only when somebody wants it. */
  broadcast(name: string, payload: object, { droppable = false, to }: BroadcastOptions = {}): void {
    let text: string | undefined
    const stateVersion = name === 'presence' || name === 'health' ? JSON.stringify(this.versions) : undefined
    for (const peer of this.#peers.values()) {
      if (!maySee(name, peer) || (to && !to(peer))) continue
      text ??= JSON.stringify(payload)
      peer.event(name, text, { droppable, ...(stateVersion !== undefined && { stateVersion }) })
    }
  }

  tick(): void {
    this.broadcast('tick', { ts: this.#clock.now() }, { droppable: true })
  }

  /** Closes the sockets that a test picks. */
  closeWhere(test: (peer: Peer) => boolean, code: number, reason: string): void {
    for (const peer of [...this.#peers.values()]) if (test(peer)) peer.close(code, reason)
  }

  /** True while a socket of the device is open; with a role, one of that role. */
  connected(deviceId: string, role?: Peer['caller']['role']): boolean {
    for (const { caller } of this.#peers.values()) {
      if (caller.deviceId === deviceId && (role === undefined || caller.role === role)) return true
    }
    return false
  }
}

function maySee(name: string, { caller }: Peer): boolean {
  const scope = eventScopes[name]
  if (scope === undefined) return false
  if (scope === null) return true
  return caller.role === 'operator' && hasScope(caller.scopes, scope)
}
