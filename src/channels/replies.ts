import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Batch } from './batch.js'
import { answerRows } from './deliver/answer.js'
import { laneKey, outboxRow } from './deliver/outbox.js'
import type { IntakeOptions } from './intake-types.js'
import type { Account } from './port.js'
import type { Said } from './said.js'
import { type Told, type Trace, traceOf, traceText } from './trace.js'

interface Answered extends Batch {
  readonly account: Account
}

/** Answers to messages on their way into the outbox, in order within a place. */
export class Replies {
  readonly #options: Pick<IntakeOptions, 'store' | 'clock' | 'outbox' | 'shape'>
  readonly #cut: AbortSignal
  readonly #order = new KeyedMutex()

  /** `cut`: aborts when nothing is waited for any longer. */
  constructor(options: Pick<IntakeOptions, 'store' | 'clock' | 'outbox' | 'shape'>, cut: AbortSignal) {
    this.#options = options
    this.#cut = cut
  }

  /**
   * The messages are done with. What the chat shows of the answer becomes the answer, or goes. Gives the key of the last
   * message of it.
   */
  end(answered: Answered, said: Said, trace = traceOf(answered.head), runId = answered.head.runId) {
    const { store, clock, outbox, shape } = this.#options
    const { account, message, head, rows } = answered
    // Files are read for some answers: others of the place must not pass them.
    return this.#order.run(laneKey(head), async () => {
      const pieces = await shape(account, message, { ...said, runId }, this.#cut)
      const answers = answerRows(head, message.place, pieces, { shown: trace.shown, anew: said.failed === true })
      await store.channels.end(rows, { status: 'done', at: clock.now() }, answers)
      await outbox.sent(answers)
      return answers.at(-1)?.key
    })
  }

  /** Says a part of an answer that is not complete. Resolves when it is on disk, with how much was said. */
  part({ account, message, head }: Answered, said: Said & { readonly runId: string }, trace: Trace & { told: Told }) {
    const { store, clock, outbox, shape } = this.#options
    return this.#order.run(laneKey(head), async () => {
      const pieces = await shape(account, message, said, this.#cut)
      const { runId, chars } = trace.told
      const rows = pieces.map((piece, index) => outboxRow(head, `${runId}:to${chars}:${index}`, message.place, piece))
      await store.channels.say(head, traceText(trace), rows, clock.now())
      await outbox.sent(rows)
    })
  }

  /** Says what stands beside the answer, at once. The same `runId`: it is said once, whatever happens. */
  aside({ account, message, head }: Answered, text: string, runId: string): Promise<void> {
    const { outbox, shape } = this.#options
    return this.#order.run(laneKey(head), async () => {
      const pieces = await shape(account, message, { text, runId }, this.#cut)
      await outbox.put(pieces.map((piece, index) => outboxRow(head, `${runId}:aside:${index}`, message.place, piece)))
    })
  }

  async close({ message: { place }, head, rows }: Batch, status: 'dropped' | 'dead', error?: string): Promise<void> {
    const { store, clock, outbox } = this.#options
    const answers = answerRows(head, place, [], { shown: traceOf(head).shown })
    await store.channels.end(rows, { status, at: clock.now(), ...(error !== undefined && { error }) }, answers)
    await outbox.sent(answers)
  }
}
