import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Clock, systemClock } from '../kernel/clock.js'
import type { BindAddress } from './bind.js'
import { instanceHeader } from './instance-header.js'
import { AddressServer, type Handlers } from './listener/address-server.js'
import { answer, answerSocket } from './listener/answers.js'
import { Attachment, type Target } from './listener/attachment.js'
import { wantsWebSocket } from './listener/ignored-upgrade.js'
import { defaultLimits, type ListenerLimits } from './listener/limits.js'
import { type Explain, openAll } from './listener/open-all.js'
import type { TlsIdentity } from './listener/tls-identity.js'

export interface ListenerOptions {
  readonly addresses: readonly BindAddress[]
  /** 0 lets the system choose; every address then gets the same port. */
  readonly port: number
  /** Serves https and wss, and nothing else. */
  readonly tls?: TlsIdentity | undefined
  /** Goes out with the listener's own answers, so that a second starter sees whose port this is. */
  readonly instanceId?: string
  readonly limits?: Partial<ListenerLimits>
  readonly clock?: Clock
  /** Makes an error of a taken address that names who has it. */
  readonly explain?: Explain
}

/** Binds every address. Throws `port_taken` or `bind_failed`; then nothing is bound. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const listener = new Listener(options)
  await listener.rebind(options.addresses, options.port, options.tls)
  return listener
}

/**
 * The front listener. It is bound before any app exists and outlives every app: the port is ours from the first
 * moment, and a config change swaps the app without a gap (DESIGN.md decision 7).
 */
export class Listener {
  readonly #limits: ListenerLimits
  readonly #clock: Clock
  readonly #explain: Explain | undefined
  readonly #ownHeaders: Readonly<Record<string, string>>
  readonly #upgraded = new Set<Duplex>()
  readonly #attachments = new Set<Attachment>()
  #current: Attachment | undefined
  #tls: TlsIdentity | undefined
  #servers: readonly AddressServer[] = []
  /** Servers that gave their port back but may still answer. */
  #retired: readonly AddressServer[] = []

  constructor(options: Omit<ListenerOptions, 'addresses' | 'port' | 'tls'>) {
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#clock = options.clock ?? systemClock
    this.#explain = options.explain
    this.#ownHeaders = options.instanceId ? { [instanceHeader]: options.instanceId } : {}
  }

  /** The real port; 0 when nothing is bound. */
  get port(): number {
    return this.#servers[0]?.port ?? 0
  }

  /** The addresses that are bound, without the optional ones that this machine does not have. */
  get addresses(): readonly string[] {
    return this.#servers.map((server) => server.host)
  }

  /** What is shown to TLS clients; undefined when plain HTTP is served. */
  get tls(): TlsIdentity | undefined {
    return this.#tls
  }

  /** Shows another certificate; connections that are open stay. Throws for one that cannot be used; then nothing changes. */
  renew(identity: TlsIdentity): void {
    for (const server of this.#servers) server.renew(identity)
    this.#tls = identity
  }

  /** The app that gets requests now; keep it before `attach` to wait for its last request. */
  get current(): Attachment | undefined {
    return this.#current
  }

  /**
   * Makes `target` the app for every request and upgrade from now on. Requests under way stay with their app: keep
   * the returned attachment and wait for its `drained` before that app is closed.
   */
  attach(target: Target): Attachment {
    this.detach()
    this.#current = new Attachment(target)
    this.#attachments.add(this.#current)
    return this.#current
  }

  /** Leaves the listener without an app; it then answers 503 `starting`. Gives what was attached. */
  detach(): Attachment | undefined {
    const last = this.#current
    this.#current = undefined
    for (const attachment of this.#attachments) if (attachment.inFlight === 0) this.#attachments.delete(attachment)
    return last
  }

  /**
   * Moves to other addresses, another port, to TLS or away from it: the new ones are bound first, then the old ones are given back. An
   * answer or a WebSocket that is under way goes on. On failure everything is as before. Not to be called twice at
   * the same time. Throws `port_taken` or `bind_failed`.
   */
  async rebind(addresses: readonly BindAddress[], port: number, tls?: TlsIdentity): Promise<void> {
    const before = this.#tls
    const sameWay = (server: AddressServer) => server.secure === (tls !== undefined)
    const stays = (server: AddressServer) =>
      server.port === port && sameWay(server) && addresses.some(({ host }) => host === server.host)
    const kept = this.#servers.filter(stays)
    const old = this.#servers.filter((server) => !stays(server))
    const wanted = addresses.filter(({ host }) => !kept.some((server) => server.host === host))
    const blocked = old.some((server) => server.port === port && wanted.some(({ host }) => overlap(server.host, host)))
    if (blocked) await this.#retire(old)
    try {
      if (tls && tls !== before) for (const server of kept) server.renew(tls)
      const opened = await this.#open(wanted, port, tls)
      this.#tls = tls
      this.#servers = inOrder([...kept, ...opened], addresses)
    } catch (error) {
      if (before) for (const server of kept) server.renew(before)
      if (blocked) this.#servers = [...kept, ...(await this.#open(old.map(asRequired), port, before))]
      throw error
    }
    if (!blocked) await this.#retire(old)
  }

  /** Gives the port back and waits until every request is answered, at most `graceMs`. False when time ran out. */
  async drain(graceMs: number): Promise<boolean> {
    const servers = this.#servers
    this.#servers = []
    for (const attachment of this.#attachments) attachment.announceClose()
    await this.#retire(servers)
    const all = await Promise.all([...this.#attachments].map((one) => one.drained(graceMs, this.#clock)))
    return all.every(Boolean)
  }

  /** Drains for at most `graceMs`, then cuts what is left. WebSockets that say goodbye may take as long. */
  async close(graceMs = 0): Promise<void> {
    await Promise.all([this.drain(graceMs), this.#upgradedGone(graceMs)])
    for (const server of this.#retired) server.cut()
    for (const socket of this.#upgraded) socket.destroy()
    this.#retired = []
  }

  async #upgradedGone(limitMs: number): Promise<void> {
    if (this.#upgraded.size === 0 || limitMs === 0) return
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(limitMs, resolve)
      for (const socket of this.#upgraded) {
        socket.once('close', () => {
          if (this.#upgraded.size > 0) return
          cancel()
          resolve()
        })
      }
    })
  }

  #open(addresses: readonly BindAddress[], port: number, tls: TlsIdentity | undefined): Promise<AddressServer[]> {
    return openAll(
      addresses,
      port,
      (host, real) => AddressServer.open(host, real, this.#handlers, this.#limits, tls),
      this.#explain,
    )
  }

  async #retire(servers: readonly AddressServer[]): Promise<void> {
    this.#retired = [...this.#retired.filter((server) => !server.done), ...servers]
    await Promise.all(servers.map((server) => server.retire()))
  }

  readonly #handlers: Handlers = {
    request: (request: IncomingMessage, response: ServerResponse) => {
      if (hasNoHost(request)) answer(response, 'invalid_request', { ...this.#ownHeaders, connection: 'close' })
      else if (this.#current) this.#current.request(request, response)
      else answer(response, 'starting', this.#ownHeaders)
    },
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (hasNoHost(request)) answerSocket(socket, 'invalid_request', this.#ownHeaders)
      else if (!wantsWebSocket(request)) return false
      else if (!this.#current) answerSocket(socket, 'starting', this.#ownHeaders)
      else if (!this.#current.target.upgrade) return false
      else {
        this.#upgraded.add(socket)
        socket.once('close', () => this.#upgraded.delete(socket))
        this.#current.target.upgrade(request, socket, head)
      }
      return true
    },
  }
}

/** RFC 9112 section 3.2: a request of HTTP/1.1 without Host is answered 400. */
function hasNoHost(request: IncomingMessage): boolean {
  return request.headers.host === undefined && request.httpVersion === '1.1'
}

/** Two addresses that one port cannot have at the same time. */
function overlap(one: string, other: string): boolean {
  return one === other || [one, other].some((host) => host === '0.0.0.0' || host === '::')
}

function asRequired(server: AddressServer): BindAddress {
  return { host: server.host, optional: false }
}

function inOrder(servers: readonly AddressServer[], addresses: readonly BindAddress[]): readonly AddressServer[] {
  return addresses.flatMap(({ host }) => servers.filter((server) => server.host === host))
}
