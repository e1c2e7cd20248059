import type { RunFinal } from '../agents/types.js'
import { stopReason } from '../sessions/messages.js'
import type { TurnName } from './chat-events.js'
import type { Hub } from './hub.js'

type Stream = 'lifecycle' | 'assistant' | 'usage'

/** One event of a turn (spec/protocol.md section 3). Text may be missed by peers that are behind: the end has it all. */
export function agentEvent(hub: Hub, turn: TurnName, stream: Stream, data: object, ts: number): void {
  hub.broadcast('agent', { ...turn, stream, ts, data }, { droppable: stream !== 'lifecycle' })
}

/** The data of the last two lifecycle events of a turn. */
export function endOfLife(final: RunFinal, startedAt: number | undefined, endedAt: number): object[] {
  const aborted = final.type === 'aborted'
  const reason = final.type === 'end' ? stopReason(final.result.finish) : final.type
  const finishing = { phase: 'finishing', stopReason: reason, aborted, endedAt }
  if (final.type === 'error') return [finishing, { phase: 'error', error: final.error.message, startedAt, endedAt }]
  const text = final.type === 'end' ? final.result.text : final.partial
  const terminalReply = { disposition: text === '' ? 'silent' : 'visible', text }
  return [finishing, { phase: 'end', startedAt, endedAt, aborted, stopReason: reason, terminalReply }]
}
