import type { Telegram as TelegramClient } from 'telegraf'
import { ChannelFailure } from '../port.js'

type Methods = import('telegraf/types').Telegram
type Given<M extends keyof Methods> = Parameters<Methods[M]>[0]

export const officialRoot = 'https://api.telegram.org'

/** The Bot API through telegraf's client. Every failure is a `ChannelFailure`, and none holds the token. */
export class TelegramApi {
  readonly #client: TelegramClient

  private constructor(client: TelegramClient) {
    this.#client = client
  }

  /** telegraf is loaded only now: a gateway without Telegram need not have it. */
  static async open(token: string, apiRoot: string): Promise<TelegramApi> {
    const { Telegram } = await import('telegraf')
    return new TelegramApi(new Telegram(token, { apiRoot, webhookReply: false }))
  }

  async call<M extends keyof Methods>(
    method: M,
    payload: Given<M>,
    signal: AbortSignal,
  ): Promise<ReturnType<Methods[M]>> {
    try {
      // telegraf's own type of a signal is that of a polyfill.
      return await this.#client.callApi(method, payload as never, { signal: signal as never })
    } catch (thrown) {
      throw failureOf(method, thrown)
    }
  }
}

interface Answer {
  readonly error_code: number
  readonly description?: string
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
}

/** Codes of a request that did not reach the server. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function failureOf(method: string, thrown: unknown): ChannelFailure {
  const response = (thrown as { readonly response?: Answer }).response
  if (response?.error_code === undefined) {
    const code = String((thrown as { readonly code?: unknown; readonly type?: unknown }).code ?? 'no answer')
    return new ChannelFailure(unsent.has(code) ? 'network' : 'ambiguous', `${method}: ${code}`)
  }
  const { error_code: code, description = '', parameters } = response
  const text = `${method}: ${code} ${description}`
  if (code === 401 || code === 404) return new ChannelFailure('auth', text)
  if (code === 409) return new ChannelFailure('conflict', text)
  if (code === 429) return new ChannelFailure('rate_limit', text, (parameters?.retry_after ?? 1) * 1000)
  return new ChannelFailure(code >= 500 ? 'network' : 'refused', text)
}

/** Telegram could not read the markup, or it makes the text too long; the same as plain text goes through. */
export function wantsPlain(error: unknown): boolean {
  const refusal = /can't parse entities|(?:message|caption) is too long|MESSAGE_TOO_LONG/i
  return error instanceof ChannelFailure && refusal.test(error.message)
}
