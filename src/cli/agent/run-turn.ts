import { randomUUID } from 'node:crypto'
import type agent from '../../../routes/ws/agent.js'
import type turns from '../../../routes/ws/sessions-turns.js'
import type { Static } from '../../../schemas/type.js'
import type { AgentParams, AgentResult } from '../../../schemas/ws/agent.js'
import { clientClock } from '../../client/clock.js'
import type { ClientFlags } from '../../client/open.js'
import type { ConnectionListener } from '../../client/socket/connection.js'
import { mayRetry } from '../../client/socket/retry.js'
import { sleep } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import type { CommandContext } from '../context.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'

type Methods = typeof agent & typeof turns
type Params = Omit<Static<typeof AgentParams>, 'idempotencyKey'>

export interface TurnRequest {
  readonly params: Params
  readonly flags: ClientFlags
  readonly scopes: readonly string[]
  readonly listener: ConnectionListener
  /** Aborts when the user wants the turn to end. */
  readonly stop: AbortSignal
  /** Names the turn, so that events can be told apart. */
  readonly runId: string
}

/** The gateway ends the turn by itself; this is for its answer to arrive, in milliseconds. */
const graceMs = 30_000
/** What timers can wait at most (a signed 32-bit integer of milliseconds); for turns whose limit only the gateway knows. */
const longestMs = 2 ** 31 - 1
/** How long the end of an aborted turn is waited for, in milliseconds. */
const abortedMs = 5_000
/** Waits before a lost gateway is asked again, in milliseconds: half a minute in all. */
const retryMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000]

export const newRunId = (): string => randomUUID()

/**
 * Runs one turn to its end. A connection that breaks off is made anew: the key of the turn joins the one that is under
 * way, so nothing runs twice. Throws what made the turn fail.
 */
export async function runTurn(context: CommandContext, request: TurnRequest): Promise<AgentResult> {
  const { flags, scopes, listener, stop } = request
  let accepted = false
  const onAccepted = () => {
    accepted = true
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await withGateway(context, flags, { scopes, listener, signal: stop }, (gateway: GatewayLine<Methods>) =>
        finalAnswer(gateway, request, onAccepted),
      )
    } catch (error) {
      const waitMs = retryMs[attempt]
      if (!accepted || !mayRetry(error) || waitMs === undefined || stop.aborted) throw error
      if (attempt === 0) context.out.note(`[openclaw] ${context.t('agent.lost')}`)
      await sleep(clientClock, waitMs, stop)
    }
  }
}

async function finalAnswer(
  gateway: GatewayLine<Methods>,
  { params, stop, runId }: TurnRequest,
  onAccepted: () => void,
): Promise<AgentResult> {
  const giveUp = new AbortController()
  let cancel = () => {}
  const end = () => {
    gateway.call('sessions.abort', { runId }, { timeoutMs: abortedMs }).catch(() => {})
    const aborted = new GatewayError('run_aborted')
    cancel = clientClock.after(abortedMs, () => giveUp.abort(aborted))
  }
  stop.addEventListener('abort', end, { once: true })
  try {
    return await gateway.call(
      'agent',
      { ...params, idempotencyKey: runId },
      { expectFinal: true, onAccepted, timeoutMs: limitMs(params.timeout), signal: giveUp.signal },
    )
  } finally {
    cancel()
    stop.removeEventListener('abort', end)
  }
}

function limitMs(seconds: number | undefined): number {
  return seconds ? Math.min(seconds * 1000 + graceMs, longestMs) : longestMs
}
