import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/types.js'
import { planPorts } from '../instance/ports.js'
import type { Instance } from '../instance/types.js'
import { type Clock, sleep } from '../kernel/clock.js'
import { type Logger, withFacts } from '../kernel/logger.js'
import type { Store } from '../storage/types.js'
import type { Outbox } from './deliver/outbox.js'
import { type Lease, type Leaseholder, takeLease } from './lease.js'
import { type Account, type Channel, ChannelFailure, type Connection, type Host, type Inbound } from './port.js'

/** Waits between tries to connect, by what went wrong (spec/runtime.md 2.0, 2.1). */
const waits = {
  usual: [2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000],
  conflict: [5_000, 10_000, 20_000, 40_000, 60_000],
}
/** A connection that has lived so long has worked: the next failure begins anew. */
const healthyMs = 60_000
/** Nobody else is told of a lease that comes free: it is asked for again. */
const leaseMs = 10_000

/** How an account is doing. */
export interface AccountState {
  readonly running: boolean
  readonly connected: boolean
  readonly identity?: string
  /** How messages come, where there is a choice. */
  readonly mode?: 'polling' | 'webhook'
  readonly lastStartAt?: number
  readonly lastInboundAt?: number
  readonly lastOutboundAt?: number
  readonly lastError?: string
  readonly reconnectAttempts: number
  /** No try helps until somebody acts. */
  readonly blocked?: true
  /** It is ready, and waits for somebody to do this; it is then the last error too. */
  readonly waitsFor?: string
  /** Another gateway of this host uses the credential. */
  readonly heldBy?: Leaseholder
}

export interface Wanted {
  readonly account: Account
  readonly channel: Channel
}

/** What an account needs of its gateway. */
export interface RunnerOptions {
  readonly instance: Instance
  readonly config: () => Config
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly outbox: Outbox
  readonly menu: Host['menu']
  readonly receive: (account: Account, message: Inbound) => Promise<void>
  readonly recover: (account: Account) => Promise<void>
  /** A group has another id now. */
  readonly moved?: (account: Account, from: string, to: string) => Promise<void>
  /** For the jitter of waits: at least 0, below 1. */
  readonly random?: () => number
}

/** One account of one channel, from its start to its end. */
export class Runner {
  readonly wanted: Wanted
  state: AccountState = { running: true, connected: false, reconnectAttempts: 0 }
  connection: Connection | undefined
  readonly #options: RunnerOptions
  readonly #stop = new AbortController()
  #done: Promise<void> = Promise.resolve()
  #detach = async () => {}
  #recovered = false

  constructor(wanted: Wanted, options: RunnerOptions) {
    this.wanted = wanted
    this.#options = options
  }

  start(): void {
    this.#done = this.#live().catch((err: unknown) => {
      this.#options.log.error({ err, ...this.#about }, 'a channel has stopped')
      this.#set({ running: false, connected: false, lastError: String(err) })
    })
  }

  async stop(): Promise<void> {
    // While the connection still stands: what is on its way may arrive.
    await this.#detach()
    this.#stop.abort()
    await this.#done
  }

  get #about() {
    return { channel: this.wanted.account.channel, account: this.wanted.account.id }
  }

  /** Of its login, within the profile and nowhere else. */
  get #folder(): string {
    const { account } = this.wanted
    return join(this.#options.instance.paths.credentials, account.channel, account.id)
  }

  #set(change: Partial<AccountState>): void {
    this.state = { ...this.state, ...change }
  }

  /** It waits for somebody; or no longer does. */
  #waits(reason: string | undefined): void {
    const { waitsFor, lastError, ...state } = this.state
    if (reason === undefined && waitsFor === undefined) return
    const kept = lastError === undefined || lastError === waitsFor ? {} : { lastError }
    this.state = reason === undefined ? { ...state, ...kept } : { ...state, waitsFor: reason, lastError: reason }
    if (reason !== undefined && reason !== waitsFor) this.#options.log.warn(this.#about, reason)
  }

  async #live(): Promise<void> {
    const { log, clock } = this.#options
    const { account, channel } = this.wanted
    const { signal } = this.#stop
    const credential = channel.credential?.(account, this.#folder)
    while (!signal.aborted) {
      const lease = credential === undefined ? undefined : await this.#lease(credential)
      if (lease && !lease.taken) {
        const { heldBy } = this.state
        if (lease.holder?.pid !== heldBy?.pid) {
          const who = lease.holder ? `profile "${lease.holder.profile}", pid ${lease.holder.pid}` : 'another gateway'
          log.warn(this.#about, `the credential of this account is used by ${who}; this one waits`)
          this.#set({ ...(lease.holder && { heldBy: lease.holder }), lastError: `its credential is used by ${who}` })
        }
        await sleep(clock, leaseMs, signal).catch(() => {})
        continue
      }
      const { heldBy: _, ...state } = this.state
      this.state = state
      try {
        await this.#connect(signal)
      } finally {
        await lease?.release()
      }
      if (this.state.blocked) return
    }
    this.#set({ running: false, connected: false })
  }

  /** Undefined where no lease can be kept, in a home that takes no files: the channel is worth more than the warning. */
  #lease(credential: string): Promise<Lease | undefined> {
    const { instance, log } = this.#options
    return takeLease(instance, this.wanted.account.channel, credential).catch((err: unknown) => {
      log.warn({ err, ...this.#about }, 'another gateway of this host with the same credential would not be noticed')
      return undefined
    })
  }

  /** Connects until it is stopped or blocked. */
  async #connect(signal: AbortSignal): Promise<void> {
    const { clock, log, outbox, random = Math.random } = this.#options
    const { account, channel } = this.wanted
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = clock.now()
      this.#set({ lastStartAt: startedAt })
      try {
        this.connection = await channel.open(
          account,
          this.#host(
            () => {
              if (this.state.connected || !this.connection) return
              this.#set({ connected: true, reconnectAttempts: 0 })
              this.#detach = outbox.attach(account.channel, account.id, {
                connection: this.#counted(this.connection),
                capabilities: channel.capabilities,
              })
              if (this.#recovered) return
              this.#recovered = true
              this.#options
                .recover(account)
                .catch((err: unknown) => log.error({ err, ...this.#about }, 'old messages wait'))
            },
            () => {
              void this.#detach()
              this.#set({ connected: false })
            },
          ),
        )
        await this.connection.run(signal)
        return
      } catch (thrown) {
        if (signal.aborted) return
        const failure = thrown instanceof ChannelFailure ? thrown : new ChannelFailure('network', String(thrown))
        if (clock.now() - startedAt >= healthyMs) failures = 0
        const list = failure.kind === 'conflict' ? waits.conflict : waits.usual
        const base = failure.retryAfterMs ?? list[Math.min(failures, list.length - 1)] ?? 0
        failures += 1
        this.#set({ connected: false, lastError: failure.message, reconnectAttempts: failures })
        // What is written while it waits stays until the next connection.
        await this.#leave()
        if (failure.kind === 'auth') {
          log.error(
            { ...this.#about, error: failure.message },
            'the platform does not accept the credential; the account stays off until it changes',
          )
          this.#set({ running: false, blocked: true })
          return
        }
        if (failures === 1) log.warn({ ...this.#about, error: failure.message, kind: failure.kind }, hintOf(failure))
        await sleep(clock, Math.round(base * (0.9 + random() * 0.2)), signal).catch(() => {})
      } finally {
        await this.#leave()
      }
    }
  }

  /** The connection is of no use any more. */
  async #leave(): Promise<void> {
    await this.#detach()
    const { connection } = this
    this.connection = undefined
    await connection?.close?.().catch(() => {})
    this.#set({ connected: false })
  }

  #counted(connection: Connection): Pick<Connection, 'send' | 'edit' | 'remove'> {
    const counted = async <T>(sent: Promise<T>): Promise<T> => {
      const done = await sent
      this.#set({ lastOutboundAt: this.#options.clock.now() })
      return done
    }
    return {
      send: (...message) => counted(connection.send(...message)),
      ...(connection.edit && { edit: (...change) => counted(connection.edit?.(...change) ?? Promise.resolve()) }),
      ...(connection.remove && { remove: (...which) => connection.remove?.(...which) ?? Promise.resolve() }),
    }
  }

  #host(up: () => void, down: () => void): Host {
    const { instance, config, store, clock, log, menu, receive } = this.#options
    const { account } = this.wanted
    const key = { channel: account.channel, account: account.id }
    return {
      profile: instance.profile,
      webhookPort: planPorts(instance, config().gateway?.port).webhook,
      config,
      log: withFacts(log, this.#about),
      clock,
      menu,
      receive: async (message) => {
        this.#set({ lastInboundAt: clock.now() })
        // Whoever hands in messages is there; and what an earlier start has left comes before them.
        up()
        await receive(account, message)
      },
      moved: async (from, to) => {
        await this.#options.moved?.(account, from, to).catch((err: unknown) => {
          log.error({ err, ...this.#about, from, to }, 'a group has moved, and its settings could not go along')
        })
      },
      memory: {
        get: (name) => store.channels.memory(key, name),
        set: (name, value) => store.channels.remember(key, name, value),
      },
      folder: async () => {
        await mkdir(this.#folder, { recursive: true, mode: 0o700 })
        return this.#folder
      },
      alive: (facts) => {
        if (facts) this.#set(facts)
        this.#waits(undefined)
        up()
      },
      waiting: (reason) => {
        down()
        this.#waits(reason)
      },
    }
  }
}

function hintOf({ kind }: ChannelFailure): string {
  if (kind !== 'conflict') return 'the connection to the platform was lost; trying again'
  return 'somebody else uses the same bot: another gateway, another machine, a webhook. Trying again'
}
