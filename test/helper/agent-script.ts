import type { Reply, Seen } from './upstream.js'
import type { Body } from './upstream-wire.js'

/** What a scripted agent sees of its turn. */
export interface Sight {
  readonly system: string
  /** The last message of a user, and the results of tools since. */
  readonly user: string
  readonly told: readonly string[]
  readonly tools: readonly string[]
}

/** A model that answers by what it sees. */
export function agentScript(answer: (sight: Sight) => Reply | string | Promise<Reply | string>) {
  return ({ body }: Seen) => answer(sightOf(body))
}

export function sightOf(body: Record<string, unknown>): Sight {
  const messages = (body.messages ?? []) as Body[]
  const last = messages.findLastIndex(({ role }) => role === 'user')
  return {
    system: textOf(messages.find(({ role }) => role === 'system')?.content ?? ''),
    user: textOf(messages[last]?.content ?? ''),
    told: messages
      .slice(last)
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => textOf(content)),
    tools: ((body.tools ?? []) as Body[]).map(({ function: { name } }) => name),
  }
}

/** An answer that calls one tool. */
export function callOf(name: string, args: object): Reply {
  return { toolCalls: [{ id: `call_${name}`, name, arguments: JSON.stringify(args) }] }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return (content as Body[]).map(({ text = '' }: Body) => text).join('\n')
}
