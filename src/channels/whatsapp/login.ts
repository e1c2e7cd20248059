import type { ChannelLogin, LoginStep, LoginWish } from '../port.js'

/**
 * One login at a time: who asks for it is on one side, the connection that carries it out on the other. Whoever waits
 * sees the newest step; steps in between may be missed, and nothing waits for anybody.
 */
export class LoginDesk {
  #step: LoginStep = { state: 'idle' }
  #wish: LoginWish | undefined
  readonly #waiting = new Set<() => void>()

  get step(): LoginStep {
    return this.#step
  }

  /** Something new; those who wait hear it. */
  set(step: LoginStep): void {
    this.#step = step
    this.#wake()
  }

  ask(wish: LoginWish): void {
    this.#wish = wish
    this.set({ state: 'waiting' })
  }

  /** What is asked for, as soon as it is. Undefined when the signal aborts first. */
  async wanted(signal: AbortSignal): Promise<LoginWish | undefined> {
    while (!this.#wish && !signal.aborted) await this.next(signal)
    const wish = signal.aborted ? undefined : this.#wish
    this.#wish = undefined
    return wish
  }

  /** The step after this one, or this one when the signal aborts first. */
  async next(signal: AbortSignal): Promise<LoginStep> {
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        this.#waiting.add(done)
        signal.addEventListener('abort', done)
      })
    }
    return this.#step
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

/** The desk as the outside sees it. */
export function loginOf(
  desk: LoginDesk,
  does: { readonly isLinked: () => boolean; readonly forget: (signal: AbortSignal) => Promise<boolean> },
): ChannelLogin {
  return {
    step: () => desk.step,
    next: (signal) => desk.next(signal),
    async start(wish, signal) {
      if (does.isLinked() && !wish.force) return { ...desk.step, state: 'linked' }
      if (does.isLinked()) await does.forget(signal)
      // A code that is shown stays good: a second one would make it worthless.
      if (desk.step.state !== 'waiting' || wish.force || wish.phone !== undefined) desk.ask(wish)
      while (!signal.aborted && desk.step.state === 'waiting' && !desk.step.qr && !desk.step.pairingCode) {
        await desk.next(signal)
      }
      return desk.step
    },
    logout: (signal) => does.forget(signal),
  }
}
