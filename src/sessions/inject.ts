import { GatewayError } from '../kernel/errors.js'
import { randomId } from '../kernel/random-id.js'
import { checkAgent } from './canonical.js'
import type { SessionsContext } from './context.js'
import { chatMessage } from './messages.js'

export interface InjectedWords {
  readonly sessionKey: string
  readonly agentId?: string | undefined
  readonly message: string
  /** Stands in front, in brackets. */
  readonly label?: string | undefined
}

/** Puts a message of the assistant into a session, without a turn. Gives its entry id once it is on disk. */
export async function injectMessage(context: SessionsContext, words: InjectedWords): Promise<string> {
  const { key, agent } = context.name(words.sessionKey, words.agentId)
  checkAgent(context.rules(), agent)
  const text = words.label ? `[${words.label}]\n\n${words.message}` : words.message
  const runId = `inject_${randomId()}`
  const written = await context.store.transcripts.append({
    sessionKey: key,
    agent,
    runId,
    at: context.now(),
    bodies: [
      {
        kind: 'message',
        message: { role: 'assistant', content: [{ type: 'text', text }] },
        by: { model: 'openclaw/injected', finish: 'stop' },
      },
    ],
  })
  const [entry] = written?.entries ?? []
  const message = entry && chatMessage(written?.sessionId ?? '', entry, { maxChars: Number.POSITIVE_INFINITY })
  if (!message) throw new GatewayError('internal_error')
  const { bus } = context.options
  bus.emit('message.injected', { runId, sessionKey: key, agent, message })
  bus.emit('session.changed', { sessionKey: key, agent, reason: 'inject' })
  return message.__openclaw.id
}
