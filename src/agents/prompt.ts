import type { ContentPart, ModelMessage, ModelTool } from '../models/types.js'
import type { ProjectContext } from './workspace/context.js'

export interface AgentFacts {
  readonly id: string
  readonly name: string | undefined
  readonly theme: string | undefined
  /** Its workspace; undefined where prompts show none. */
  readonly project?: ProjectContext
  /** The one session that sees what the agent remembers of its user. */
  readonly mainSessionKey?: string
}

/**
 * The messages of one model call: one system message (the agent, its workspace, then what the caller's own system
 * messages say, in their order), then the conversation. The stable part stands first so that providers can cache it.
 */
export function buildPrompt(
  agent: AgentFacts,
  project: string,
  callerSystem: readonly ModelMessage[],
  conversation: readonly ModelMessage[],
): ModelMessage[] {
  const own = project === '' ? identity(agent) : `${identity(agent)}\n\n${project}`
  const parts: ContentPart[] = [{ type: 'text', text: own }, ...callerSystem.flatMap((m) => m.content)]
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
