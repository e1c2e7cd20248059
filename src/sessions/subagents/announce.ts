import type { RunCaller } from '../../agents/caller.js'
import { sleep } from '../../kernel/clock.js'
import { toGatewayError } from '../../kernel/errors.js'
import type { SubagentRow } from '../../storage/types.js'
import { readAnswer } from '../answers.js'
import type { SessionsContext } from '../context.js'
import type { Turns } from '../turns.js'
import { announcement, type Outcome } from './words.js'

/** A session that takes no message is asked again so often, and so long after the end (spec/runtime.md 3.7). */
const retries = 3
const retryMs = 2_000
const expiryMs = 5 * 60_000

/** Tells requesters how their sub-agents ended: as a turn of the session that asked, once, also over a restart. */
export class Announcer {
  readonly #context: SessionsContext
  readonly #turns: Turns

  constructor(context: SessionsContext, turns: Turns) {
    this.#context = context
    this.#turns = turns
  }

  /** What the requester answers; empty when it could not be told, undefined when the gateway goes down first. */
  async tell(row: SubagentRow, outcome: Outcome): Promise<string | undefined> {
    const { stopping, clock, log } = this.#context.options
    for (let tries = 0; ; tries += 1) {
      if (stopping.aborted) return undefined
      try {
        const sent = await this.#turns.send({
          sessionKey: row.requesterKey,
          // The same id after a restart: what was taken is not said twice.
          runId: `announce_${row.runId}`,
          content: [{ type: 'text', text: announcement(row, outcome) }],
          origin: 'agent',
          caller: row.caller as RunCaller,
          queueMode: 'followup',
        })
        if (sent.status === 'known') return ''
        const final = await sent.done
        return final.type === 'end' ? final.result.text : ''
      } catch (thrown) {
        if (stopping.aborted) return undefined
        const late = this.#context.now() - outcome.end.at >= expiryMs
        if (tries >= retries || late) {
          const about = { err: toGatewayError(thrown), runId: row.runId, sessionKey: row.requesterKey }
          log.warn(about, 'the end of a sub-agent could not be told')
          return ''
        }
      }
      await sleep(clock, retryMs * 2 ** tries, stopping).catch(() => {})
    }
  }

  /** What a sub-agent of an earlier start had said by its end. */
  async said({ runId }: SubagentRow): Promise<string> {
    const run = await this.#context.store.runs.get(runId)
    return (run && (await readAnswer(this.#context, run)))?.text ?? ''
  }
}
