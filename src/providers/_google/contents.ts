import type { ContentPart, ModelMessage, ResolvedModel } from '../../models/types.js'
import { isSpoken, NOTHING, plainText, type Spoken } from '../_content.js'
import { argumentsObject, asText } from '../_json.js'

export type Part = Record<string, unknown>

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: Part[]
}

/** Documented by Google for calls that another model made: Gemini 3 refuses calls without the signed thought behind them. */
const foreignSignature = 'skip_thought_signature_validator'

/** The conversation without system messages, in turns. */
export function wireContents(messages: readonly ModelMessage[], model: ResolvedModel): Content[] {
  const names = new Map<string, string>()
  const contents: Content[] = []
  for (const message of messages.filter(isSpoken)) {
    if (message.role === 'assistant') for (const { id, name } of message.toolCalls ?? []) names.set(id, name)
    const role = message.role === 'assistant' ? 'model' : 'user'
    const parts = partsOf(message, model, names)
    if (parts.length === 0) continue
    const last = contents.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else contents.push({ role, parts })
  }
  return contents
}

function partsOf(message: Spoken, model: ResolvedModel, names: ReadonlyMap<string, string>): Part[] {
  switch (message.role) {
    case 'user':
      return message.content.length === 0 ? [{ text: NOTHING }] : message.content.map(wirePart)
    case 'tool': {
      const name = names.get(message.toolCallId) ?? 'unknown'
      const response = { name, response: { output: plainText(message.content) } }
      return [{ functionResponse: response }, ...message.content.filter(({ type }) => type === 'image').map(wirePart)]
    }
    case 'assistant': {
      const { content, refusal, toolCalls = [] } = message
      const text = plainText(content) || (refusal ?? '')
      const calls = toolCalls.map(({ name, arguments: args }, index) => {
        return { functionCall: { name, args: argumentsObject(args) }, ...signature(message, index, model) }
      })
      return text === '' ? calls : [{ text }, ...calls]
    }
  }
}

/** Only the first of parallel calls is signed. */
function signature(
  { replay }: ModelMessage & { role: 'assistant' },
  index: number,
  { ref, id }: ResolvedModel,
): object {
  const own = replay?.ref === ref ? asText(replay.parts[index]) : undefined
  if (own !== undefined) return { thoughtSignature: own }
  const foreign = replay?.ref !== ref && index === 0 && /gemini-[3-9]/.test(id)
  return foreign ? { thoughtSignature: foreignSignature } : {}
}

function wirePart(part: ContentPart): Part {
  if (part.type === 'text') return { text: part.text }
  return { inlineData: { mimeType: part.mediaType, data: part.data } }
}
