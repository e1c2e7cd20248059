import type { ModelFailure, ResolvedModel } from '../../models/types.js'
import { classify, isPassing, statusOf } from '../_http/classify.js'
import type { TransportProblem } from '../_http/exchange.js'
import { type Failed, retryAfter } from '../_http/retry.js'
import { asList, asRecord, asText, type Json, parseJson } from '../_json.js'
import { redact } from '../_redact.js'
import type { Wire } from './wire.js'

interface Complaint {
  readonly message: string
  /** Code, type and message, for classification. */
  readonly words: string
  readonly code: unknown
  readonly param: string | undefined
  /** Google says it in the body. */
  readonly retryAfterMs?: number | undefined
}

/** Makes failures of one model's calls. Every message is for the operator, one line, without secrets. */
export class Failures {
  readonly #model: ResolvedModel
  readonly #secrets: readonly string[]
  readonly #where: string
  readonly #wire: Pick<Wire<object>, 'endMark' | 'baseHint'>

  constructor(model: ResolvedModel, where: string, wire: Pick<Wire<object>, 'endMark' | 'baseHint'>) {
    this.#model = model
    this.#where = where
    this.#wire = wire
    this.#secrets = [...(model.apiKey ? [model.apiKey] : []), ...Object.values(model.headers)]
  }

  /** An answer with a status other than 2xx. */
  status(status: number, headers: Json, body: string, now: number): Failed {
    const complaint = complaintOf(body, asText(headers['content-type']) ?? '')
    const kind = classify(status, complaint.words)
    const location = status < 400 ? asText(headers.location) : undefined
    const said = location
      ? `redirects to ${location}, and redirects are not followed. Correct models.providers.${this.#model.provider}.baseUrl`
      : complaint.message || 'no details'
    const failure: ModelFailure = {
      class: kind,
      message: this.#say(`${status} ${said}${this.#hint(status, complaint)}`),
      status,
      ...optional('said', complaint.message === '' ? undefined : redact(complaint.message, this.#secrets)),
      ...optional('param', complaint.param),
      ...optional('retryAfterMs', status < 400 ? undefined : (retryAfter(headers, now) ?? complaint.retryAfterMs)),
    }
    return { failure, retry: isPassing(status, kind) && headers['x-should-retry'] !== 'false' }
  }

  /** `data: {"error": ...}` in a stream, or an error object with status 200. */
  inBody(error: unknown, began: boolean): Failed {
    const complaint = read(asRecord(error) ?? { message: error })
    const status = statusOf(complaint.code, complaint.words)
    const kind = began ? 'cut' : classify(status, complaint.words)
    const message = this.#say(`failed while it answered: ${complaint.message || 'no details'}`)
    return { failure: { class: kind, message }, retry: !began && isPassing(status, kind) }
  }

  /** The connection failed, was silent, or brought something else than an answer. */
  transport(problem: TransportProblem, detail: string, began: boolean): Failed {
    const cut = (what: string): Failed => ({
      failure: { class: 'cut', message: this.#say(`${what}: ${detail}`) },
      retry: !began,
    })
    const lasting = (kind: ModelFailure['class'], what: string): Failed => ({
      failure: { class: began ? 'cut' : kind, message: this.#say(`${what}: ${detail}`) },
      retry: false,
    })
    switch (problem) {
      case 'connect':
        return { failure: { class: 'server', message: this.#say(`cannot be reached: ${detail}`) }, retry: true }
      case 'connect_timeout':
        return { failure: { class: 'timeout', message: this.#say(`cannot be reached: ${detail}`) }, retry: true }
      case 'reset':
        return cut('broke the connection')
      case 'idle':
        return lasting('timeout', 'did not answer in time')
      case 'busy':
        return lasting('overloaded', 'is not called, since this gateway is at its limit')
      case 'closed':
        return lasting('aborted', 'is not called, since this gateway shuts down')
      case 'too_large':
        return lasting('server', 'sent an answer that is too large')
      case 'malformed':
        return lasting('server', 'sent an answer that makes no sense')
      case 'request':
        return lasting('server', `cannot be called with the headers of models.providers.${this.#model.provider}`)
    }
  }

  /** The stream ended in good order, but the answer had not. */
  unfinished(began: boolean): Failed {
    const message = this.#say(`ended its stream without ${this.#wire.endMark}`)
    return { failure: { class: 'cut', message }, retry: !began }
  }

  /** Status 200 with something else than an answer. */
  nonsense(what: string): Failed {
    return { failure: { class: 'server', message: this.#say(what) }, retry: false }
  }

  aborted(): Failed {
    return { failure: { class: 'aborted', message: `The call to ${this.#model.ref} was aborted.` }, retry: false }
  }

  #say(what: string): string {
    return `${this.#model.ref} at ${this.#where}: ${redact(what, this.#secrets)}`
  }

  #hint(status: number, { words }: Complaint): string {
    const path = `models.providers.${this.#model.provider}`
    if (status === 401 && !this.#model.apiKey) return `. No key was sent: set ${path}.apiKey`
    if ((status === 404 || status === 405) && words === '') return ` (${path}): ${this.#wire.baseHint}`
    return ''
  }
}

/** Finds the complaint in what upstreams send: OpenAI's object, a bare string, FastAPI's `detail`, HTML, plain text. */
function complaintOf(body: string, contentType: string): Complaint {
  if (/html/i.test(contentType) || /^\s*<(!doctype|html)/i.test(body)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim()
    return {
      message: title ? `(an HTML page: ${title})` : '(an HTML page)',
      words: '',
      code: undefined,
      param: undefined,
    }
  }
  const parsed = parseJson(body)
  const object = asRecord(parsed) ?? asRecord(asList(parsed)[0])
  if (!object) return { message: body, words: body, code: undefined, param: undefined }
  return read(asRecord(object.error) ?? (asText(object.error) ? { ...object, message: object.error } : object))
}

function read(error: Json): Complaint {
  const message = asText(error.message) ?? asText(error.detail) ?? detailOf(error)
  const words = [error.code, error.type, error.status, message].filter((part) => typeof part === 'string').join(' ')
  const code = error.code ?? error.status
  return { message, words, code, param: asText(error.param), retryAfterMs: retryDelay(error) }
}

/** `details: [{"@type": ".../google.rpc.RetryInfo", "retryDelay": "37.2s"}]`. Milliseconds. */
function retryDelay({ details }: Json): number | undefined {
  const delays = asList(details).flatMap((detail) => asText(asRecord(detail)?.retryDelay) ?? [])
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delays[0] ?? '')?.[1]
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000)
}

function detailOf(error: Json): string {
  const { detail } = error
  return Array.isArray(detail) ? JSON.stringify(detail) : JSON.stringify(error)
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V })
}
