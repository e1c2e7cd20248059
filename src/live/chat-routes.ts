import type { ChatFacts } from '../agents/caller.js'
import { chatRouteName, noAccount } from '../sessions/chat-route.js'
import type { ChannelStore } from '../storage/types.js'

/** Where a session was spoken to last. */
export type ChatRoute = ChatFacts

/** The place that news of a session goes to: the last from which somebody spoke to it. Kept over restarts. */
export class ChatRoutes {
  readonly #store: Pick<ChannelStore, 'memory' | 'remember'>
  readonly #known = new Map<string, string>()

  constructor(store: Pick<ChannelStore, 'memory' | 'remember'>) {
    this.#store = store
  }

  async get(sessionKey: string): Promise<ChatRoute | undefined> {
    const text = await this.#store.memory(noAccount, chatRouteName(sessionKey))
    return text === undefined ? undefined : JSON.parse(text)
  }

  async set(sessionKey: string, route: ChatRoute): Promise<void> {
    const text = JSON.stringify(route)
    if (this.#known.get(sessionKey) === text) return
    await this.#store.remember(noAccount, chatRouteName(sessionKey), text)
    // Bounded: what is forgotten is only written once more.
    if (this.#known.size >= 10_000) this.#known.clear()
    this.#known.set(sessionKey, text)
  }
}
