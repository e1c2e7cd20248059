import { ChannelFailure, type FailureKind } from '../port.js'

/** Why a socket ended; the numbers are those of Baileys' `DisconnectReason`. */
export interface Closed {
  readonly code: number
  readonly text: string
}

export const loggedOut = 401
export const restartRequired = 515

export function closedBy(error: unknown): Closed {
  const { output, message } = (error ?? {}) as {
    readonly output?: { readonly statusCode?: unknown }
    readonly message?: unknown
  }
  const code = output?.statusCode
  return { code: typeof code === 'number' ? code : 428, text: typeof message === 'string' ? message : 'closed' }
}

const kinds: Readonly<Record<number, readonly [FailureKind, string]>> = {
  [loggedOut]: ['auth', 'WhatsApp has ended this login'],
  403: ['auth', 'WhatsApp does not let this account in; look at the phone'],
  405: ['refused', 'WhatsApp does not take this version of baileys any more; update openclaw'],
  408: ['network', 'WhatsApp does not answer'],
  411: ['auth', 'the phone has to allow linked devices'],
  428: ['network', 'the connection was closed'],
  440: ['conflict', 'another program uses this login'],
  500: ['network', 'the session was not accepted'],
  503: ['network', 'WhatsApp is not available'],
  [restartRequired]: ['network', 'WhatsApp asks for a restart again and again'],
}

/** What the manager has to know of it. 440 waits long: two that take turns would push each other out all day. */
export function failureOf({ code, text }: Closed): ChannelFailure {
  const [kind, words] = kinds[code] ?? ['network' as const, text.slice(0, 200)]
  return new ChannelFailure(kind, `${words} (${code})`, kind === 'conflict' ? 600_000 : undefined)
}
