import { requestJson } from '../_http/json.js'
import { ChannelFailure } from '../port.js'

const callMs = 30_000

/** Codes of signal-cli's JSON-RPC besides those of the standard. */
const rateLimited = -5
const captchaNeeded = -6
/** Words of signal-cli for an account that it does not have, or that Signal has let go. */
const lostAccount = /not registered|account does not exist|no account|authorization failed|re-?link|unregistered/i

interface RpcError {
  readonly code?: number
  readonly message?: string
  readonly data?: { readonly response?: { readonly results?: readonly SendResult[] } }
}

export interface SendResult {
  readonly type?: string
  readonly retryAfterSeconds?: number
}

/** signal-cli's daemon over HTTP. Every failure is a `ChannelFailure`. */
export class SignalRpc {
  readonly #root: string
  readonly #account: string
  #last = 0

  constructor(root: string, account: string) {
    this.#root = root
    this.#account = account
  }

  get events(): string {
    return `${this.#root}/api/v1/events?account=${encodeURIComponent(this.#account)}`
  }

  /** True when a daemon listens there. Never rejects. */
  async check(signal: AbortSignal): Promise<boolean> {
    const ask = { url: `${this.#root}/api/v1/check`, what: 'check', signal: limited(signal, 5_000) }
    return requestJson(ask).then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  /** Calls a method for the account. */
  async call(method: string, params: object, signal: AbortSignal, maxBytes?: number): Promise<unknown> {
    this.#last += 1
    const { status, body } = await requestJson({
      url: `${this.#root}/api/v1/rpc`,
      body: { jsonrpc: '2.0', id: String(this.#last), method, params: { account: this.#account, ...params } },
      what: method,
      signal: limited(signal, callMs),
      ...(maxBytes !== undefined && { maxBytes }),
    })
    const error = body?.error as RpcError | undefined
    if (error) throw failureOf(method, error)
    if (status >= 400) throw new ChannelFailure(status >= 500 ? 'network' : 'refused', `${method}: HTTP ${status}`)
    return body?.result
  }
}

function failureOf(method: string, { code, message = '', data }: RpcError): ChannelFailure {
  const text = `${method}: ${message.slice(0, 300)}`
  const results = data?.response?.results ?? []
  const waits = results.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0)
  if (code === captchaNeeded) return new ChannelFailure('refused', text)
  if (code === rateLimited) return new ChannelFailure('rate_limit', text, Math.max(1, ...waits) * 1000)
  if (lostAccount.test(message) && results.length === 0) return new ChannelFailure('auth', text)
  // -3: an I/O error on the way to Signal; the message may have left.
  return new ChannelFailure(code === -3 ? 'ambiguous' : 'refused', text)
}

export const limited = (signal: AbortSignal, ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)])
