import { type FormData, fetch } from 'undici'
import type { Clock } from '../../kernel/clock.js'
import { type JsonAnswer, partsOf, requestJson, unanswered } from '../_http/json.js'
import { ChannelFailure } from '../port.js'

const roots: Readonly<Record<string, string>> = {
  feishu: 'https://open.feishu.cn',
  lark: 'https://open.larksuite.com',
}
const callMs = 20_000
/** Files of 30 MB take their time. */
const uploadMs = 60_000
const earlyMs = 60_000
/** Codes of a token that is not taken (any more). */
const tokenCodes = new Set([99_991_661, 99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_671])
/** The app, or the chat, is written to too often. */
const floodCodes = new Set([99_991_400, 11_232, 230_020])

/** `feishu`, `lark`, or an address of one's own. */
export const rootOf = (domain: string | undefined) => (roots[domain ?? 'feishu'] ?? domain ?? '').replace(/\/+$/, '')

export interface FeishuApiOptions {
  readonly root: string
  readonly appId: string
  readonly appSecret: string
  readonly clock: Clock
}

/** Feishu's and Lark's API with its tokens of two hours. Every failure is a `ChannelFailure`, and none holds a secret. */
export class FeishuApi {
  readonly #options: FeishuApiOptions
  #token: { readonly text: string; readonly until: number } | undefined

  constructor(options: FeishuApiOptions) {
    this.#options = options
  }

  /** Calls the API; gives the whole answer. A token that is not taken any more is exchanged once. */
  // biome-ignore lint/suspicious/noExplicitAny: callers read the fields that they know
  call(what: string, path: string, signal: AbortSignal, body?: object): Promise<any> {
    return this.#twice(what, () => this.#ask(what, path, signal, body && { body }))
  }

  /** The same with a form. Nobody sees what was uploaded: without an answer, it can be done again. */
  // biome-ignore lint/suspicious/noExplicitAny: callers read the fields that they know
  async upload(what: string, path: string, form: FormData, signal: AbortSignal): Promise<any> {
    try {
      return await this.#twice(what, () => this.#ask(what, path, signal, { form }, uploadMs))
    } catch (error) {
      if (!(error instanceof ChannelFailure && error.kind === 'ambiguous')) throw error
      throw new ChannelFailure('network', error.message)
    }
  }

  /** Reads a file of a message; rejects when it is larger than `maxBytes`. */
  async file(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const headers = { authorization: `Bearer ${await this.#tokenText(signal)}` }
    const response = await fetch(`${this.#options.root}${path}`, { headers, signal, redirect: 'error' }).catch(
      (error: unknown) => {
        throw unanswered('file', error)
      },
    )
    if (!response.ok) throw new ChannelFailure('refused', `file: HTTP ${response.status}`)
    return Buffer.concat(await partsOf(response.body, maxBytes))
  }

  async #twice(what: string, ask: () => Promise<JsonAnswer>): Promise<unknown> {
    const first = await ask()
    if (!isStale(first)) return resultOf(what, first)
    this.#token = undefined
    return resultOf(what, await ask())
  }

  async #ask(
    what: string,
    path: string,
    signal: AbortSignal,
    content: { readonly body?: object; readonly form?: FormData } = {},
    ms = callMs,
  ): Promise<JsonAnswer> {
    const headers = { authorization: `Bearer ${await this.#tokenText(signal)}` }
    return requestJson({ url: `${this.#options.root}${path}`, headers, what, signal: limited(signal, ms), ...content })
  }

  async #tokenText(signal: AbortSignal): Promise<string> {
    const { root, appId, appSecret, clock } = this.#options
    if (this.#token && clock.now() < this.#token.until) return this.#token.text
    const url = `${root}/open-apis/auth/v3/tenant_access_token/internal`
    const ask = { url, body: { app_id: appId, app_secret: appSecret }, what: 'token', signal: limited(signal) }
    const { status, body } = await requestJson(ask).catch((error: unknown) => {
      // Asking twice does no harm.
      if (error instanceof ChannelFailure && error.kind === 'ambiguous') {
        throw new ChannelFailure('network', error.message)
      }
      throw error
    })
    const text = `token: ${body?.code ?? status} ${String(body?.msg ?? '').slice(0, 200)}`
    if (status >= 500) throw new ChannelFailure('network', text)
    if (status === 429 || floodCodes.has(body?.code)) throw new ChannelFailure('rate_limit', text, 5_000)
    if (typeof body?.tenant_access_token !== 'string') throw new ChannelFailure('auth', text)
    const lastsMs = Number(body.expire ?? 0) * 1000
    this.#token = { text: body.tenant_access_token, until: clock.now() + Math.max(lastsMs - earlyMs, 1_000) }
    return this.#token.text
  }
}

const isStale = ({ status, body }: JsonAnswer) => status === 401 || tokenCodes.has(body?.code)

function resultOf(what: string, answer: JsonAnswer): unknown {
  const { status, body, retryAfterMs } = answer
  if (status < 300 && body?.code === 0) return body
  const text = `${what}: ${status} ${body?.code ?? ''} ${String(body?.msg ?? '').slice(0, 200)}`
  if (isStale(answer)) throw new ChannelFailure('auth', text)
  if (status === 429 || floodCodes.has(body?.code)) throw new ChannelFailure('rate_limit', text, retryAfterMs ?? 1_000)
  throw new ChannelFailure(status >= 500 || body === undefined ? 'network' : 'refused', text)
}

const limited = (signal: AbortSignal, ms = callMs) => AbortSignal.any([signal, AbortSignal.timeout(ms)])
