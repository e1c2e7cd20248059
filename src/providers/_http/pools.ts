import type { Pool } from 'undici'

/** Sockets to one origin. One running call takes one; more calls than that wait. */
const CONNECTIONS = 128
/** Calls that may wait for a socket before further ones are refused. */
const MAX_WAITING = 1024
const CONNECT_TIMEOUT_MS = 10_000
/** Idle sockets are closed after this, or earlier when the upstream announces less. */
const KEEP_ALIVE_MS = 15_000
/** A config edit may bring new origins; those used longest ago are given up beyond this. */
const MAX_ORIGINS = 32

/** The upstream connections of one provider instance: one pool for each origin, made on first use. */
export class Pools {
  readonly #origins = new Map<string, Origin>()
  #undici: Promise<typeof import('undici')> | undefined
  #closed = false

  /** The pool of an origin that has been used before. */
  known(url: string): Origin | undefined {
    return this.#origins.get(url)
  }

  async origin(url: string): Promise<Origin> {
    const known = this.#origins.get(url)
    if (known) return known
    // Loaded here: undici costs 20 MB and some 50 ms, which a gateway that only idles need not pay.
    this.#undici ??= import('undici')
    const { Pool } = await this.#undici
    const made = this.#origins.get(url) ?? new Origin(new Pool(url, options))
    if (this.#closed) await made.destroy()
    this.#origins.set(url, made)
    if (this.#origins.size > MAX_ORIGINS) this.#retireOldest()
    return made
  }

  /** Breaks what still runs and closes every socket. */
  async close(): Promise<void> {
    this.#closed = true
    const origins = [...this.#origins.values()]
    this.#origins.clear()
    await Promise.all(origins.map((origin) => origin.destroy()))
  }

  #retireOldest(): void {
    for (const [url, origin] of this.#origins) {
      if (origin.running > 0) continue
      this.#origins.delete(url)
      void origin.destroy()
      return
    }
  }
}

const options: Pool.Options = {
  connections: CONNECTIONS,
  pipelining: 1,
  connect: { timeout: CONNECT_TIMEOUT_MS },
  keepAliveTimeout: KEEP_ALIVE_MS,
  // Silence is measured by `Exchange`, on the injected clock.
  headersTimeout: 0,
  bodyTimeout: 0,
}

/** One upstream origin and how busy it is. */
export class Origin {
  readonly pool: Pool
  running = 0

  constructor(pool: Pool) {
    this.pool = pool
  }

  get full(): boolean {
    return this.running >= CONNECTIONS + MAX_WAITING
  }

  async destroy(): Promise<void> {
    await this.pool.destroy().catch(() => {})
  }
}
