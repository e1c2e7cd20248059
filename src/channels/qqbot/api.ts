import type { Clock } from '../../kernel/clock.js'
import { type JsonAnswer, requestJson } from '../_http/json.js'
import { ChannelFailure } from '../port.js'

export const officialRoot = 'https://api.sgroup.qq.com'
export const officialTokenUrl = 'https://bots.qq.com/app/getAppAccessToken'

const callMs = 20_000
/** A token is asked for anew so long before it ends: the platform takes the old one until then. */
const earlyMs = 60_000
/** The same `msg_seq` for the same `msg_id` came before. */
export const duplicateCode = 40_054_005

export interface QqApiOptions {
  readonly appId: string
  readonly secret: string
  readonly root: string
  readonly tokenUrl: string
  readonly clock: Clock
}

/** A refusal of the platform, with its code. */
export class QqRefusal extends ChannelFailure {
  readonly code: number

  constructor(kind: ChannelFailure['kind'], message: string, code: number) {
    super(kind, message)
    this.code = code
  }
}

/** The bot API of QQ with its tokens of two hours. Every failure is a `ChannelFailure`, and none holds a secret. */
export class QqApi {
  readonly #options: QqApiOptions
  #token: { readonly text: string; readonly until: number } | undefined

  constructor(options: QqApiOptions) {
    this.#options = options
  }

  get root(): string {
    return this.#options.root
  }

  /** The token that counts now. */
  async token(signal: AbortSignal): Promise<string> {
    const { clock, appId, secret, tokenUrl } = this.#options
    if (this.#token && clock.now() < this.#token.until) return this.#token.text
    const ask = { url: tokenUrl, body: { appId, clientSecret: secret }, what: 'token', signal: limited(signal) }
    const { status, body } = await requestJson(ask).catch((error: unknown) => {
      // Asking twice does no harm.
      if (error instanceof ChannelFailure && error.kind === 'ambiguous') {
        throw new ChannelFailure('network', error.message)
      }
      throw error
    })
    if (status >= 500) throw new ChannelFailure('network', `token: HTTP ${status}`)
    if (status === 429) throw new ChannelFailure('rate_limit', 'token: HTTP 429', 5_000)
    if (typeof body?.access_token !== 'string') {
      throw new ChannelFailure('auth', `token: ${body?.code ?? status} ${String(body?.message ?? '').slice(0, 200)}`)
    }
    const lastsMs = Number(body.expires_in ?? 0) * 1000
    this.#token = { text: body.access_token, until: clock.now() + Math.max(lastsMs - earlyMs, 1_000) }
    return this.#token.text
  }

  /** The next call asks for a new token. */
  forget(): void {
    this.#token = undefined
  }

  /** Calls the API. A token that is not taken any more is exchanged once. */
  // biome-ignore lint/suspicious/noExplicitAny: callers read the fields that they know
  async call(path: string, signal: AbortSignal, body?: object): Promise<any> {
    const first = await this.#ask(path, signal, body)
    if (first.status !== 401) return resultOf(path, first)
    this.forget()
    return resultOf(path, await this.#ask(path, signal, body))
  }

  async #ask(path: string, signal: AbortSignal, body?: object): Promise<JsonAnswer> {
    const { appId, root } = this.#options
    const headers = { authorization: `QQBot ${await this.token(signal)}`, 'x-union-appid': appId }
    const what = nameOf(path)
    return requestJson({ url: `${root}${path}`, headers, what, signal: limited(signal), ...(body && { body }) })
  }
}

function resultOf(path: string, { status, body, retryAfterMs }: JsonAnswer): unknown {
  if (status < 300) return body
  const code = Number(body?.code ?? body?.err_code ?? 0)
  const text = `${nameOf(path)}: ${status} ${code} ${String(body?.message ?? '').slice(0, 200)}`
  if (status === 401) return fail('auth', text, code)
  if (status === 429) throw new ChannelFailure('rate_limit', text, retryAfterMs ?? 5_000)
  return fail(status >= 500 ? 'network' : 'refused', text, code)
}

function fail(kind: ChannelFailure['kind'], text: string, code: number): never {
  throw new QqRefusal(kind, text, code)
}

/** Paths hold ids of people, which do not belong in a log. */
const nameOf = (path: string) => path.replaceAll(/(users|groups|channels|dms)\/[^/]+/g, '$1/…')

const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(callMs)])
