import { maxPayloadBytes } from '../../schemas/ws/frames.js'
import { callRefused } from './call-errors.js'
import { type CallOptions, type Calls, defaultCallMs } from './calls.js'
import { unreachable } from './failures.js'
import { type HttpAnswer, httpRequest } from './http.js'
import { isObject } from './socket/frames.js'
import type { Address } from './socket/wire.js'

/** The control plane as plain HTTP, `POST /rpc/<method>`: one answer to each call, and no events. */
export class HttpCalls implements Calls {
  readonly #address: Address
  readonly #bearer: string | undefined

  /** `bearer` is the shared secret, token or password. */
  constructor(address: Address, bearer: string | undefined) {
    this.#address = address
    this.#bearer = bearer
  }

  async call(name: string, params: unknown = {}, options: CallOptions = {}): Promise<unknown> {
    const { base, display, pin, headers } = this.#address
    const answer = await httpRequest({
      url: new URL(`rpc/${encodeURIComponent(name)}`, base),
      display,
      pin,
      headers,
      method: 'POST',
      body: params,
      bearer: this.#bearer,
      maxBytes: maxPayloadBytes,
      timeoutMs: options.timeoutMs ?? defaultCallMs,
      signal: options.signal,
    })
    return resultOf(answer, display, this.#bearer !== undefined)
  }
}

function resultOf({ status, text, headers }: HttpAnswer, display: string, knownToUs: boolean): unknown {
  if (status === 401) throw unreachable(knownToUs ? 'unauthorized' : 'credential_missing', display)
  if (status === 400 && text.includes('"tls_required"')) throw unreachable('tls_required', display)
  const body = parse(text)
  if (!isObject(body) || typeof body.ok !== 'boolean') {
    throw unreachable('not_gateway', display, `HTTP ${status} on /rpc`)
  }
  if (body.ok) return body.result
  const { message, code, details } = isObject(body.error) ? body.error : {}
  const waitS = Number(headers['retry-after'])
  throw callRefused({
    code: String(code ?? status),
    message: String(message ?? `HTTP ${status}`),
    ...(details !== undefined && { details }),
    ...(waitS > 0 && { retryable: true, retryAfterMs: waitS * 1000 }),
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
