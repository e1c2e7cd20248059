import { createHash, randomUUID } from 'node:crypto'
import type { CliThread, ThreadFacts } from '../../models/cli-threads.js'
import type { Program } from '../../models/program-types.js'
import type { Spoken } from '../_content.js'

/** What is to be said to the program, and in which of its sessions. */
export interface Plan {
  readonly messages: readonly Spoken[]
  readonly session: { readonly id: string; readonly resumes: boolean } | undefined
}

/** True when the program can be told which session to go on with. */
export function canResume({ sessionMode, sessionArgs, resumeArgs }: Program): boolean {
  return sessionMode !== 'none' && (sessionArgs.length > 0 || resumeArgs !== undefined)
}

/**
 * Goes on with the session that has seen the beginning of this conversation, word for word, and hears only the rest.
 * Whatever else is asked (a history that was changed, another stand-in's whole conversation) begins a new one.
 */
export function planTurn(program: Program, thread: CliThread | undefined, conversation: readonly Spoken[]): Plan {
  const known = thread?.known
  if (!known || known.seen >= conversation.length) return freshPlan(program, conversation)
  if (digestOf(conversation.slice(0, known.seen)) !== known.digest) return freshPlan(program, conversation)
  return { messages: conversation.slice(known.seen), session: { id: known.cliId, resumes: true } }
}

/** The whole conversation in a new session. */
export function freshPlan(program: Program, conversation: readonly Spoken[]): Plan {
  const names = program.sessionMode === 'always' && program.sessionArgs.length > 0
  return { messages: conversation, session: names ? { id: randomUUID(), resumes: false } : undefined }
}

/** What to remember of a session that has answered; undefined when it cannot be found again. */
export function factsAfter(
  conversation: readonly Spoken[],
  answer: string,
  id: string | undefined,
): ThreadFacts | undefined {
  if (id === undefined) return undefined
  const said: Spoken = { role: 'assistant', content: [{ type: 'text', text: answer }] }
  return { cliId: id, seen: conversation.length + 1, digest: digestOf([...conversation, said]) }
}

function digestOf(messages: readonly Spoken[]): string {
  const hash = createHash('sha256')
  for (const message of messages) {
    const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : []
    hash.update(JSON.stringify([message.role, message.content, calls]))
  }
  return hash.digest('hex')
}
