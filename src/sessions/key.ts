import { GatewayError } from '../kernel/errors.js'
import { canonicalKey, type KeyRules } from './canonical.js'

/** First parts that belong to the gateway itself; a caller may not name such a session. */
const reserved = ['subagent', 'cron', 'acp']
const maxKeyLength = 256
/** Control characters, and halves of surrogate pairs: neither can stand in a header. */
const unprintable = /[\p{Cc}\p{Surrogate}]/u

export interface SessionNames {
  readonly rules: KeyRules
  readonly agent: string
  /** The `x-openclaw-session-key` header. */
  readonly header?: string | undefined
  /** The OpenAI `user` field. */
  readonly user?: string | null | undefined
}

/**
 * The session that an HTTP caller continues, or undefined when the request stands alone (spec/http.md section 4):
 * the header wins over `user`; a bare key becomes `agent:<agent>:<key>`, `main` the agent's main session; `user: x`
 * becomes `agent:<agent>:openai-user:x`. Throws `invalid_request` for reserved or over-long keys and for a key of another agent.
 */
export function httpSessionKey({ rules, agent, header, user }: SessionNames): string | undefined {
  if (header !== undefined) return canonicalKey(rules, fromHeader(agent, header)).key
  if (user === undefined || user === null || user === '') return undefined
  return checked(`agent:${agent}:openai-user:${user}`, 'user')
}

function fromHeader(agent: string, header: string): string {
  const param = 'x-openclaw-session-key'
  if (!header.startsWith('agent:')) return checked(`agent:${agent}:${header}`, param)
  if (!header.startsWith(`agent:${agent}:`)) {
    throw new GatewayError('invalid_request', {
      message: `This session belongs to another agent than "${agent}". Name that agent in model.`,
      param,
    })
  }
  return checked(header, param)
}

function checked(key: string, param: string): string {
  const [, , first = ''] = key.split(':', 3)
  if (reserved.includes(first)) {
    throw new GatewayError('invalid_request', {
      message: `Session keys that begin with "${first}:" are reserved. Choose another key.`,
      param,
    })
  }
  if (first === '' || key.length > maxKeyLength || unprintable.test(key)) {
    throw new GatewayError('invalid_request', {
      message: `A session key has 1 to ${maxKeyLength} characters, no control characters and no half of a surrogate pair.`,
      param,
    })
  }
  return key
}
