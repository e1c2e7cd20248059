import type { RunEvent, RunFinal } from '../agents/types.js'
import { stopReason } from '../sessions/messages.js'
import { cutMiddle } from '../tools/_registry/truncate.js'
import type { ToolResult } from '../tools/_types.js'
import type { TurnName } from './chat-events.js'
import type { Hub } from './hub.js'
import type { Peer } from './peer.js'

export type AgentStream = 'lifecycle' | 'assistant' | 'usage' | 'tool' | 'thinking' | 'compaction'

/** Longest text of a tool result in an event, in characters; the transcript has the whole of it. */
const maxResultChars = 8_000

/** One event of a turn (spec/protocol.md section 3). Text may be missed by peers that are behind: the end has it all. */
export function agentEvent(
  hub: Hub,
  turn: TurnName,
  stream: AgentStream,
  data: object,
  ts: number,
  toAll = false,
): void {
  const payload = { ...turn, stream, ts, data }
  if (stream === 'tool') hub.broadcast('agent', payload, toAll ? {} : { to: wantsTools })
  else hub.broadcast('agent', payload, { droppable: stream !== 'lifecycle' && stream !== 'compaction' })
}

const wantsTools = ({ caller }: Peer) => caller.caps.includes('tool-events')

/** What a tool event of a turn shows of itself; undefined for other events. */
export function toolData(event: RunEvent): object | undefined {
  if (event.type === 'tool_start') {
    return { phase: 'start', name: event.name, toolCallId: event.callId, args: event.args }
  }
  if (event.type === 'tool_update') {
    return { phase: 'update', name: event.name, toolCallId: event.callId, partialResult: shown(event.partial) }
  }
  if (event.type !== 'tool_result') return undefined
  const { name, callId, result, durationMs } = event
  const isError = result.isError ?? false
  return {
    phase: 'result',
    name,
    toolCallId: callId,
    isError,
    result: shown(result),
    durationMs: Math.round(durationMs),
  }
}

/** Pictures stay out of events. */
function shown({ content, details }: ToolResult): object {
  const texts = content.map((part) => (part.type === 'text' ? part.text : `[image ${part.mediaType}]`))
  return { content: [{ type: 'text', text: cutMiddle(texts.join('\n'), maxResultChars) }], ...(details && { details }) }
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
