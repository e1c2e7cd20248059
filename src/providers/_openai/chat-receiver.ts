import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../kernel/clock.js'
import type { Answer } from '../_answer.js'
import type { EventQueue } from '../_event-queue.js'
import type { Exchange, Receiver, TransportProblem } from '../_http/exchange.js'
import type { Failed } from '../_http/retry.js'
import { asRecord, type Json, parseJson } from '../_json.js'
import { SseParser } from '../_sse.js'
import type { Failures } from './failures.js'
import { onlyText, ReplyReader } from './reply.js'
import { TextTemplate } from './text-template.js'

/** Bytes of a whole stream, of one whole answer, and of what is read of an error. */
const MAX_STREAM = 256 * 1024 * 1024
const MAX_ANSWER = 64 * 1024 * 1024
const MAX_ERROR = 1024 * 1024
/** After finish_reason only usage and [DONE] are due; an upstream that forgets them is not waited for longer. */
const LAST_WORDS_MS = 3000

type Mode = 'stream' | 'whole' | 'error'

export interface ChatCall {
  readonly queue: EventQueue
  readonly answer: Answer
  readonly failures: Failures
  readonly clock: Clock
  readonly makeId: () => string
  /** What was asked for; the answer's own content type decides. */
  readonly stream: boolean
  /** Called once: undefined when the answer has been given out whole. */
  readonly settle: (failed: Failed | undefined) => void
}

/** Reads one answer of `/chat/completions`, streamed or whole, good or bad. */
export class ChatReceiver implements Receiver {
  readonly #call: ChatCall
  readonly #reader: ReplyReader
  /** Only a stream has it. */
  #sse: SseParser | undefined
  readonly #template = new TextTemplate()
  exchange: Exchange | undefined
  #mode: Mode = 'stream'
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: Buffer[] = []
  #settled = false
  #lastWords = false

  constructor(call: ChatCall) {
    this.#call = call
    this.#reader = new ReplyReader(call.answer, call.makeId)
  }

  head(status: number, headers: IncomingHttpHeaders): number {
    this.#status = status
    this.#headers = headers
    this.#mode = status >= 300 ? 'error' : modeOf(headers['content-type'] ?? '', this.#call.stream)
    if (this.#mode === 'error') return MAX_ERROR
    if (this.#mode === 'whole') return MAX_ANSWER
    this.#sse = new SseParser((data, name) => this.#event(data, name))
    return MAX_STREAM
  }

  data(chunk: Buffer): void {
    if (!this.#sse) {
      this.#body.push(chunk)
      return
    }
    this.#sse.push(chunk)
    this.#call.queue.flush()
    if (!this.#lastWords && !this.#settled && this.#call.answer.complete) {
      this.#lastWords = true
      this.exchange?.patience(LAST_WORDS_MS)
    }
  }

  end(): void {
    if (this.#sse) {
      this.#sse.end()
      if (this.#settled) return
      if (this.#call.answer.complete) this.#complete()
      else this.#settle(this.#unfinished())
      return
    }
    if (this.#mode === 'whole') this.#whole(textOf(this.#body))
    else this.#refused()
  }

  fail(problem: TransportProblem, detail: string): void {
    const { answer, failures } = this.#call
    if (this.#mode === 'error' && this.#status > 0) {
      // Its status says more than how its body ended.
      this.#refused()
    } else if (answer.complete && problem !== 'malformed') this.#complete()
    else this.#settle(failures.transport(problem, detail, answer.began))
  }

  #refused(): void {
    const { failures, clock } = this.#call
    this.#settle(failures.status(this.#status, this.#headers, textOf(this.#body), clock.now()))
  }

  #event(data: string, name: string): void {
    if (this.#settled) return
    if (data === '[DONE]') {
      this.#done()
      return
    }
    const text = name === '' ? this.#template.read(data) : undefined
    if (text !== undefined) {
      this.#call.answer.add('text', text)
      return
    }
    // Throws on anything but JSON; the exchange makes that a failure.
    const reply = asRecord(JSON.parse(data))
    const error = reply?.error ?? (name === 'error' ? reply : undefined)
    if (error) this.#stop(this.#call.failures.inBody(error, this.#call.answer.began))
    else if (reply) {
      this.#reader.read(reply)
      if (onlyText(reply)) this.#template.learn(data)
    }
  }

  /** Some upstreams never give a finish_reason; their [DONE] says as much, if anything came before it. */
  #done(): void {
    const { answer } = this.#call
    if (answer.complete || answer.began) this.#complete()
    else this.#stop(this.#unfinished())
  }

  #whole(body: string): void {
    const { answer, failures } = this.#call
    const reply = asRecord(parseJson(body))
    if (reply?.error) this.#settle(failures.inBody(reply.error, false))
    else if (!reply || !Array.isArray(reply.choices)) this.#settle(failures.nonsense(describe(body, this.#headers)))
    else {
      this.#reader.read(reply)
      // A whole answer needs no finish_reason to be whole.
      if (!answer.complete) answer.setReason('stop')
      this.#complete()
    }
  }

  #complete(): void {
    if (this.#reader.malformed) {
      this.#stop(this.#call.failures.transport('malformed', 'a tool call without a name', this.#call.answer.began))
      return
    }
    this.exchange?.drain()
    this.#call.answer.finish()
    this.#settle(undefined)
  }

  #unfinished(): Failed {
    const { answer, failures } = this.#call
    const stray = asRecord(parseJson(this.#sse?.stray ?? ''))
    return stray ? failures.inBody(stray.error ?? stray, answer.began) : failures.unfinished(answer.began)
  }

  #stop(failed: Failed): void {
    this.exchange?.stop()
    this.#settle(failed)
  }

  #settle(failed: Failed | undefined): void {
    if (this.#settled) return
    this.#settled = true
    this.#call.settle(failed)
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks
  return only && chunks.length === 1 ? only.toString('utf8') : Buffer.concat(chunks).toString('utf8')
}

function modeOf(contentType: string, stream: boolean): Mode {
  if (/event-stream/i.test(contentType)) return 'stream'
  if (/json|html|xml/i.test(contentType)) return 'whole'
  return stream ? 'stream' : 'whole'
}

function describe(body: string, headers: Json): string {
  if (body === '') return 'answered with an empty body'
  const html = /html/i.test(String(headers['content-type'])) || /^\s*</.test(body)
  const what = html ? 'an HTML page' : 'something else than a chat completion'
  return `answered 200 with ${what}; does the baseUrl point to the API (it often ends with /v1)?`
}
