import type { ChatMessage } from '../../schemas/ws/rows/chat-message.js'
import { answerMessage } from '../agents/record.js'
import type { RunFinal } from '../agents/types.js'
import type { ErrorCode, GatewayError } from '../kernel/errors.js'
import type { Usage } from '../models/types.js'
import { chatContent, chatUsage, stopReason } from '../sessions/messages.js'
import type { Hub } from './hub.js'

/** Which turn an event is about. */
export interface TurnName {
  readonly runId: string
  readonly sessionKey: string
  readonly agentId: string
  /** Number of the turn's newest `agent` event; never falls. */
  readonly seq: number
}

type Said = Pick<ChatMessage, 'role' | 'content' | 'timestamp'>

const whole = { maxChars: Number.POSITIVE_INFINITY }

/** What the model has said so far, and what of it is new. `replace`: the new text stands for all. */
export function chatDelta(
  hub: Hub,
  turn: TurnName,
  text: string,
  deltaText: string,
  at: number,
  replace = false,
): void {
  const message: Said = { role: 'assistant', content: [{ type: 'text', text }], timestamp: at }
  const payload = { ...turn, state: 'delta', deltaText, message, ...(replace && { replace }) }
  hub.broadcast('chat', payload, { droppable: true })
}

/** What a session's settings show of a turn besides its answer. */
export interface ShownBeside {
  readonly reasoning?: string
  readonly footer?: string | undefined
}

/** How a turn ended (spec/protocol.md section 3). */
export function chatEnd(
  hub: Hub,
  turn: TurnName,
  final: RunFinal,
  usage: Usage | undefined,
  at: number,
  { reasoning = '', footer }: ShownBeside = {},
): void {
  const spent = usage && { usage: chatUsage(usage) }
  if (final.type === 'end') {
    const thought = reasoning === '' ? [] : [{ type: 'thinking' as const, thinking: reasoning }]
    const below = footer === undefined ? [] : [{ type: 'text' as const, text: `\n\n${footer}` }]
    const content = [...thought, ...chatContent(answerMessage(final.result), whole), ...below]
    const message: Said = { role: 'assistant', content, timestamp: at }
    const said = content.length > 0 && { message }
    hub.broadcast('chat', { ...turn, state: 'final', ...said, stopReason: stopReason(final.result.finish), ...spent })
    return
  }
  const { partial } = final
  const message: Said = { role: 'assistant', content: [{ type: 'text', text: partial }], timestamp: at }
  const said = partial !== '' && { message }
  if (final.type === 'aborted') hub.broadcast('chat', { ...turn, state: 'aborted', ...said, stopReason: 'aborted' })
  else hub.broadcast('chat', { ...turn, state: 'error', ...errorFacts(final.error), ...said, ...spent })
}

/** A message that no model said. */
export function chatInjected(hub: Hub, turn: TurnName, message: ChatMessage): void {
  hub.broadcast('chat', { ...turn, state: 'final', message, stopReason: 'stop' })
}

/** A message that was answered in another turn. */
export function chatJoined(hub: Hub, turn: TurnName): void {
  hub.broadcast('chat', { ...turn, state: 'final', stopReason: 'stop' })
}

type ErrorKind = 'refusal' | 'timeout' | 'rate_limit' | 'context_length' | 'unknown'

const kinds: Partial<Record<ErrorCode, ErrorKind>> = {
  run_timeout: 'timeout',
  upstream_timeout: 'timeout',
  rate_limit_exceeded: 'rate_limit',
  context_length_exceeded: 'context_length',
}

function errorFacts({ code, message }: GatewayError): { errorMessage: string; errorKind: ErrorKind } {
  return { errorMessage: message, errorKind: kinds[code] ?? 'unknown' }
}
