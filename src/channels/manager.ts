import { equalDeep } from '../config/tree.js'
import type { Connection } from './port.js'
import { type AccountState, Runner, type RunnerOptions, type Wanted } from './runner.js'

/** Every account that the config wants, each on its own: what happens to one touches no other. */
export class ChannelManager {
  readonly #options: RunnerOptions
  readonly #runners = new Map<string, Runner>()
  #busy: Promise<void> = Promise.resolve()

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Starts, stops and restarts what has changed. One change after the other. */
  reconcile(wanted: readonly Wanted[]): Promise<void> {
    return this.#next(() => this.#apply(wanted))
  }

  state(channel: string, account: string): AccountState | undefined {
    return this.#runners.get(`${channel} ${account}`)?.state
  }

  connection(channel: string, account: string): Connection | undefined {
    return this.#runners.get(`${channel} ${account}`)?.connection
  }

  wanted(channel: string, account: string): Wanted | undefined {
    return this.#runners.get(`${channel} ${account}`)?.wanted
  }

  get accounts(): readonly Wanted[] {
    return [...this.#runners.values()].map(({ wanted }) => wanted)
  }

  /** Stops one account and starts it anew. False when there is none. */
  restart(channel: string, account: string): Promise<boolean> {
    return this.#next(async () => {
      // As it is wanted when its turn comes: the config may have changed by then.
      const wanted = this.wanted(channel, account)
      if (!wanted) return false
      await this.#end(channel, account)
      this.#start(wanted)
      return true
    })
  }

  /** False when there is none. */
  stop(channel: string, account: string): Promise<boolean> {
    return this.#next(() => this.#end(channel, account))
  }

  /** One change after the other; what fails holds up none of those behind it. */
  #next<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(change)
    this.#busy = done.then(
      () => {},
      () => {},
    )
    return done
  }

  async #end(channel: string, account: string): Promise<boolean> {
    const key = `${channel} ${account}`
    const runner = this.#runners.get(key)
    await runner?.stop()
    this.#runners.delete(key)
    return runner !== undefined
  }

  async close(): Promise<void> {
    await this.#busy
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()))
    this.#runners.clear()
  }

  async #apply(wanted: readonly Wanted[]): Promise<void> {
    const keyOf = ({ account }: Wanted) => `${account.channel} ${account.id}`
    const next = new Map(wanted.map((one) => [keyOf(one), one]))
    const gone = [...this.#runners].filter(([key, { wanted: old }]) => !equalDeep(next.get(key)?.account, old.account))
    await Promise.all(
      gone.map(
        ([
          ,
          {
            wanted: { account },
          },
        ]) => this.#end(account.channel, account.id),
      ),
    )
    for (const [key, one] of next) if (!this.#runners.has(key)) this.#start(one)
  }

  #start(wanted: Wanted): void {
    const runner = new Runner(wanted, this.#options)
    this.#runners.set(`${wanted.account.channel} ${wanted.account.id}`, runner)
    runner.start()
  }
}
