import { GatewayError } from '../kernel/errors.js'
import type { ModelMessage } from '../models/types.js'

/**
 * Checks that every tool result answers a call of the assistant message before it, and that no call stays unanswered
 * before the conversation goes on. `known` messages come from the transcript and precede `input`, whose first
 * message is number `offset` of the request. Throws `invalid_request` with the param as the caller counts it.
 */
export function checkToolPairing(known: readonly ModelMessage[], input: readonly ModelMessage[], offset: number): void {
  const open = new Set<string>()
  for (const message of known) follow(open, message)
  input.forEach((message, index) => {
    if (message.role === 'tool' && !open.has(message.toolCallId)) {
      throw new GatewayError('invalid_request', {
        message: `No tool call with id "${message.toolCallId}" is waiting for a result here.`,
        param: `messages[${index + offset}].tool_call_id`,
      })
    }
    if (message.role !== 'tool' && message.role !== 'system' && message.role !== 'developer' && open.size > 0) {
      throw new GatewayError('invalid_request', {
        message: `A result for tool call "${[...open].join('", "')}" must come before this message.`,
        param: `messages[${index + offset}]`,
      })
    }
    follow(open, message)
  })
  if (open.size > 0 && input.length > 0) {
    throw new GatewayError('invalid_request', {
      message: `A result for tool call "${[...open].join('", "')}" is missing.`,
      param: 'messages',
    })
  }
}

function follow(open: Set<string>, message: ModelMessage): void {
  if (message.role === 'tool') open.delete(message.toolCallId)
  else if (message.role === 'assistant') {
    open.clear()
    for (const call of message.toolCalls ?? []) open.add(call.id)
  }
}
