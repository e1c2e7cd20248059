import type { ContentPart, ModelMessage, ToolCall, Usage } from '../../schemas/message.js'
import type { ChatMessage } from '../../schemas/ws/rows/chat-message.js'
import type { AnswerFacts, TranscriptEntry } from '../storage/types.js'
import { entryId } from './entry-id.js'

type Content = ChatMessage['content'][number]

export interface MessageOptions {
  /** Characters of one text; the rest is left out and said to be. */
  readonly maxChars: number
  /** True: images come with their data. */
  readonly images?: boolean
}

const cutMark = '\n...(truncated)...'
const roles = {
  user: 'user',
  assistant: 'assistant',
  tool: 'toolResult',
  system: 'system',
  developer: 'system',
} as const

/** A transcript entry as clients see it; undefined for entries that are no messages. */
export function chatMessage(
  sessionId: string,
  { seq, runId, at, body }: TranscriptEntry,
  options: MessageOptions,
): ChatMessage | undefined {
  if (body.kind !== 'message') return undefined
  const { message, by } = body
  const content = chatContent(message, options)
  const truncated = content.some(({ text }) => text?.endsWith(cutMark))
  return {
    role: roles[message.role],
    content,
    timestamp: at,
    ...(message.role === 'tool' && { toolCallId: message.toolCallId }),
    ...(by && answerFacts(by)),
    ...(message.role === 'user' && { idempotencyKey: `${runId}:user` }),
    __openclaw: {
      id: entryId(sessionId, seq),
      seq: seq + 1,
      recordTimestampMs: at,
      runId,
      ...(truncated && { truncated }),
    },
  }
}

/** The parts of what is said. */
export function chatContent(message: ModelMessage, options: MessageOptions): Content[] {
  const content = message.content.map((part) => contentPart(part, options))
  if (message.role !== 'assistant') return content
  if (message.refusal !== undefined) content.push({ type: 'text', text: cut(message.refusal, options.maxChars) })
  return [...content, ...(message.toolCalls ?? []).map(toolCall)]
}

function contentPart(part: ContentPart, { maxChars, images }: MessageOptions): Content {
  if (part.type === 'text') return { type: 'text', text: cut(part.text, maxChars) }
  const { mediaType: mimeType, data } = part
  if (images) return { type: 'image', mimeType, data }
  return { type: 'image', mimeType, omitted: true, bytes: Math.floor((data.length * 3) / 4) }
}

function toolCall({ id, name, arguments: text }: ToolCall): Content {
  return { type: 'toolCall', id, name, arguments: parsed(text) }
}

/** What a model writes is not always JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function answerFacts({ model: ref, usage, finish }: AnswerFacts): Partial<ChatMessage> {
  const slash = ref.indexOf('/')
  return {
    provider: ref.slice(0, Math.max(slash, 0)),
    model: ref.slice(slash + 1),
    stopReason: stopReason(finish),
    ...(usage && { usage: chatUsage(usage) }),
  }
}

/** Why the model stopped, in the protocol's words. */
export function stopReason(finish: string): string {
  return finish === 'tool_calls' ? 'toolUse' : finish
}

export type ChatUsage = NonNullable<ChatMessage['usage']>

/** Tokens as the protocol counts them: what a cache is read or written for is no input. */
export function chatUsage({ input, output, cacheRead, cacheWrite = 0 }: Usage): ChatUsage {
  return { input: input - cacheRead - cacheWrite, output, cacheRead, cacheWrite, totalTokens: input + output }
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  // Not between the two halves of a character.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars
  return text.slice(0, end) + cutMark
}
