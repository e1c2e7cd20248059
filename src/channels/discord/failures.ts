import { ChannelFailure } from '../port.js'

/** Codes of a request that did not reach the server. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

interface Thrown {
  readonly name?: string
  readonly status?: number
  readonly code?: unknown
  readonly message?: string
  readonly retryAfter?: number
  readonly cause?: { readonly code?: unknown }
}

/** What discord.js throws as a failure of the channel. None of it holds the token: Discord's errors name the route. */
export function failureOf(action: string, thrown: unknown): ChannelFailure {
  if (thrown instanceof ChannelFailure) return thrown
  const { name, status, code, message = '', retryAfter, cause } = thrown as Thrown
  if (retryAfter !== undefined) return new ChannelFailure('rate_limit', `${action}: too many requests`, retryAfter)
  if (status !== undefined) {
    const text = `${action}: ${status} ${message}`
    if (status === 401) return new ChannelFailure('auth', text)
    // With the nonce, a second try shows the message once.
    return new ChannelFailure(status >= 500 ? 'network' : 'refused', text)
  }
  if (code === 'TokenInvalid') return new ChannelFailure('auth', `${action}: 401 Discord does not accept the token`)
  // The library forgets a token that was refused once.
  if (/Expected token to be set/.test(message)) return new ChannelFailure('auth', `${action}: the token was refused`)
  const why = String(cause?.code ?? code ?? name ?? 'no answer')
  return new ChannelFailure(unsent.has(why) ? 'network' : 'ambiguous', `${action}: ${why}`)
}

/** Close codes of the gateway after which no try helps (Discord, "Gateway Close Event Codes"). */
export function closedFor(code: number, path: string): ChannelFailure {
  if (code === 4004) return new ChannelFailure('auth', 'gateway: 4004 Discord does not accept the token')
  if (code === 4014) {
    return new ChannelFailure(
      'auth',
      `gateway: 4014 the bot may not read messages. Turn on "Message Content Intent" at discord.com/developers, Bot, or set ${path}.intents.messageContent to false`,
    )
  }
  const ours = code === 4010 || code === 4011 || code === 4012 || code === 4013
  return new ChannelFailure(ours ? 'auth' : 'network', `gateway: closed with ${code}`)
}

/** Why there is no session at the start; the library gives the close codes in words then. */
export function refusedAtStart(thrown: unknown, path: string): ChannelFailure {
  const { message } = thrown as Thrown
  if (message === 'Authentication failed') return closedFor(4004, path)
  if (message === 'Used disallowed intents') return closedFor(4014, path)
  if (message === 'Used invalid intents') return closedFor(4013, path)
  return failureOf('login', thrown)
}
