import type { WAMessage } from 'baileys'

const most = 500

/** The last messages of an account, in memory: what is quoted, and what a phone asks for again. */
export class RecentMessages {
  readonly #byId = new Map<string, WAMessage>()

  add(message: WAMessage): void {
    const { id } = message.key
    if (!id) return
    this.#byId.delete(id)
    this.#byId.set(id, message)
    const [oldest] = this.#byId.keys()
    if (this.#byId.size > most && oldest !== undefined) this.#byId.delete(oldest)
  }

  get(id: string | null | undefined): WAMessage | undefined {
    return this.#byId.get(id ?? '')
  }
}

/** Ids that were given out: what comes back under one is an echo. */
export class SentIds {
  readonly #ids = new Set<string>()

  add(id: string): void {
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > 2 * most && oldest !== undefined) this.#ids.delete(oldest)
  }

  has(id: string | null | undefined): boolean {
    return this.#ids.has(id ?? '')
  }
}
