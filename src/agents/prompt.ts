import type { ContentPart, ModelMessage, ModelTool } from '../models/types.js'

export interface AgentFacts {
  readonly id: string
  readonly name: string | undefined
  readonly theme: string | undefined
}

/**
 * The messages of one model call: one system message (the agent, then what the caller's own system messages say, in
 * their order), then the conversation. The stable part stands first so that providers can cache it.
 */
export function buildPrompt(
  agent: AgentFacts,
  callerSystem: readonly ModelMessage[],
  conversation: readonly ModelMessage[],
): ModelMessage[] {
  const parts: ContentPart[] = [{ type: 'text', text: identity(agent) }, ...callerSystem.flatMap((m) => m.content)]
  return [{ role: 'system', content: [{ type: 'text', text: parts.map(partText).join('\n\n') }] }, ...conversation]
}

function identity({ id, name, theme }: AgentFacts): string {
  const who = `You are ${name ?? `the agent "${id}"`}${theme ? `, ${theme}` : ''}.`
  return `${who} Answer the user directly and truthfully. Say so when you do not know.`
}

function partText(part: ContentPart): string {
  return part.type === 'text' ? part.text : ''
}

/** Bytes of text, images and tool definitions in a prompt, for the `x-prompt-bytes` header. */
export function promptBytes(messages: readonly ModelMessage[], tools: readonly ModelTool[]): number {
  let bytes = 0
  for (const message of messages) {
    for (const part of message.content) bytes += Buffer.byteLength(part.type === 'text' ? part.text : part.data)
    if (message.role === 'assistant') {
      for (const call of message.toolCalls ?? []) bytes += call.name.length + Buffer.byteLength(call.arguments)
    }
  }
  return tools.length === 0 ? bytes : bytes + Buffer.byteLength(JSON.stringify(tools))
}
