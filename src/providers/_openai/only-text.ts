import { asList, asRecord, type Json } from '../_json.js'

/** The text that is all that `ChatReader` would make of this chunk; undefined when there is more to it, or no text. */
export function onlyText(reply: Json): string | undefined {
  const [first, ...others] = asList(reply.choices)
  const choice = asRecord(first)
  const delta = asRecord(choice?.delta)
  if (!choice || !delta || others.length > 0 || (choice.index ?? 0) !== 0) return undefined
  if (reply.error || reply.usage || reply.x_groq || choice.usage || choice.finish_reason) return undefined
  const { content, reasoning_content, reasoning, refusal, tool_calls, function_call } = delta
  if (reasoning_content || reasoning || refusal || tool_calls || function_call) return undefined
  return typeof content === 'string' ? content : undefined
}
