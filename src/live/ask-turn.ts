import { errorOfCode, GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Message } from '../sessions/turns.js'

/** What a turn brought, that nobody waits for on a connection. */
export interface Asked {
  readonly answer: RunAnswer | undefined
  /** Why there is no answer, more exactly than it is on disk. */
  readonly error?: GatewayError | undefined
}

/** Says something to an agent and waits for the end. Rejects with `draining` when the gateway ends meanwhile. */
export async function askTurn(sessions: Sessions, stopping: StopSignal, message: Message): Promise<Asked> {
  const sent = await sessions.turns.send(message)
  const final = sent.status === 'started' ? await sent.done : undefined
  if (final?.type === 'aborted' && stopping.aborted) throw new GatewayError('draining')
  return { answer: await sessions.answer(message.runId), error: final?.type === 'error' ? final.error : undefined }
}

/** Why a turn brought nothing; undefined when it did. */
export function turnFailure({ answer, error }: Asked): GatewayError | undefined {
  const outcome = answer?.outcome
  if (!outcome || outcome.stopReason !== undefined) return new GatewayError('run_aborted')
  return outcome.status === 'ok' ? undefined : (error ?? errorOfCode(outcome.error))
}
