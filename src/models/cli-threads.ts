import type { Clock } from '../kernel/clock.js'
import type { CliSession, Store } from '../storage/types.js'

/** Programs drop conversations that nobody goes on with; what points there is kept as long. */
const KEEP_MS = 30 * 24 * 3_600_000

/** What is remembered of a conversation with a program. */
export type ThreadFacts = Pick<CliSession, 'cliId' | 'seen' | 'digest'>

/** The conversation of one session with one program. */
export interface CliThread {
  readonly known: ThreadFacts | undefined
  keep(facts: ThreadFacts): Promise<void>
  drop(): Promise<void>
}

/** Which conversation of which program goes with a session. Kept in the store, so that a restart goes on with it. */
export class CliThreads {
  readonly #store: Pick<Store, 'sessions' | 'models'>
  readonly #clock: Clock

  constructor(store: Pick<Store, 'sessions' | 'models'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Undefined when the session is gone. A reset gives the session another id, and so no thread to go on with. */
  async open(sessionKey: string, backend: string): Promise<CliThread | undefined> {
    const { sessions, models } = this.#store
    const session = await sessions.get(sessionKey)
    if (!session) return undefined
    const sessionId = session.id
    return {
      known: await models.cliSession(sessionId, backend),
      keep: (facts) => {
        const at = this.#clock.now()
        return models.putCliSession({ sessionId, backend, ...facts, at }, at - KEEP_MS)
      },
      drop: () => models.dropCliSession(sessionId, backend),
    }
  }
}
