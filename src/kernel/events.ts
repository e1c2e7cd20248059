/** What a domain needs of a bus: one that carries more events than the domain knows is fine. */
export type Bus<Events extends object> = Pick<EventBus<Events>, 'on' | 'has' | 'emit'>

/**
 * One typed bus per instance (DESIGN.md section 4b). A listener must not throw; when it does, the others still run
 * and the error goes to `onError`.
 */
export class EventBus<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = () => {}) {
    this.#onError = onError
  }

  /** Subscribes; the returned function unsubscribes. */
  on<K extends keyof Events>(name: K, listener: (payload: Events[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, set)
    set.add(listener as (payload: never) => void)
    return () => set.delete(listener as (payload: never) => void)
  }

  /** True when somebody listens: what nobody hears need not be put together. */
  has(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  emit<K extends keyof Events>(name: K, payload: Events[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as (payload: Events[K]) => void)(payload)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
