import type { ModelMessage, ModelTool } from './types.js'

/** Narrow characters (Latin, digits, punctuation) that make one token on average (spec/runtime.md section 3.4). */
const NARROW_PER_TOKEN = 4
/** What role and separators of one message cost. */
const TOKENS_PER_MESSAGE = 4
/** A picture of usual size; models differ. */
const TOKENS_PER_IMAGE = 800

/** Estimated tokens of a text: CJK about one per character, everything else four characters a token. */
export function estimateTokens(text: string): number {
  let narrow = 0
  let wide = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x2e80) narrow++
    else if (isLowSurrogate(code)) continue
    else wide++
  }
  return wide + Math.ceil(narrow / NARROW_PER_TOKEN)
}

/** The second half of a pair, which the first half has counted already. */
function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

/** Estimated tokens of a whole prompt: messages, images, tool calls and tool definitions. */
export function estimatePrompt(messages: readonly ModelMessage[], tools: readonly ModelTool[]): number {
  let tokens = tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools))
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE
    for (const part of message.content) tokens += part.type === 'text' ? estimateTokens(part.text) : TOKENS_PER_IMAGE
    if (message.role !== 'assistant') continue
    for (const call of message.toolCalls ?? []) tokens += estimateTokens(call.name) + estimateTokens(call.arguments)
  }
  return tokens
}
