import type { ContentPart, ModelMessage } from '../../models/types.js'
import { isSpoken, NOTHING, type Spoken } from '../_content.js'
import { argumentsObject } from '../_json.js'

export type Block = Record<string, unknown>

export interface WireMessage {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

/** The conversation without system messages, as the API wants it: user first, then in turns. */
export function wireMessages(messages: readonly ModelMessage[], ref: string): WireMessage[] {
  const wire: WireMessage[] = []
  for (const message of messages.filter(isSpoken)) {
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const content = message.role === 'assistant' ? answerBlocks(message, ref) : userBlocks(message)
    if (content.length === 0) continue
    const last = wire.at(-1)
    if (last?.role === role) last.content.push(...content)
    else wire.push({ role, content })
  }
  if (wire[0]?.role !== 'user') wire.unshift({ role: 'user', content: [{ type: 'text', text: NOTHING }] })
  trimPrefill(wire.at(-1))
  return wire
}

function userBlocks(message: Exclude<Spoken, { role: 'assistant' }>): Block[] {
  const blocks = message.content.flatMap(block)
  if (message.role === 'user') return blocks.length > 0 ? blocks : [{ type: 'text', text: NOTHING }]
  return [{ type: 'tool_result', tool_use_id: toolId(message.toolCallId), content: blocks }]
}

function answerBlocks(message: ModelMessage & { role: 'assistant' }, ref: string): Block[] {
  const { content, toolCalls = [], refusal, replay } = message
  const thoughts = replay?.ref === ref ? (replay.parts as Block[]) : []
  const said = [...content, ...(refusal ? [{ type: 'text' as const, text: refusal }] : [])].flatMap(block)
  const calls = toolCalls.map(({ id, name, arguments: args }) => {
    return { type: 'tool_use', id: toolId(id), name, input: argumentsObject(args) }
  })
  return [...thoughts, ...said, ...calls]
}

function block(part: ContentPart): Block[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
  return [{ type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.data } }]
}

/** Other models make ids with signs that the API does not take. */
function toolId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '_')
}

/** An answer that the model is to go on with must not end in blanks. */
function trimPrefill(last: WireMessage | undefined): void {
  const block = last?.content.at(-1)
  if (last?.role === 'assistant' && typeof block?.text === 'string') block.text = block.text.trimEnd()
}
