import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../kernel/clock.js'
import type { Answer } from '../_answer.js'
import type { EventQueue } from '../_event-queue.js'
import type { Exchange, Receiver, TransportProblem } from '../_http/exchange.js'
import type { Failed } from '../_http/retry.js'
import { asRecord, type Json, parseJson } from '../_json.js'
import { NdjsonParser } from '../_ndjson.js'
import { SseParser } from '../_sse.js'
import type { Failures } from './failures.js'
import type { AnswerReader, Wire, Word } from './wire.js'

/** Bytes of a whole stream, of one whole answer, and of what is read of an error. */
const MAX_STREAM = 256 * 1024 * 1024
const MAX_ANSWER = 64 * 1024 * 1024
const MAX_ERROR = 1024 * 1024
/** Once it has said why it stops, an upstream owes only figures and an end mark; it is not waited for longer. */
const LAST_WORDS_MS = 3000

type Mode = 'stream' | 'whole' | 'error'

export interface Receiving {
  readonly queue: EventQueue
  readonly answer: Answer
  readonly reader: AnswerReader
  readonly framing: Wire<object>['framing']
  readonly baseHint: string
  readonly failures: Failures
  readonly clock: Clock
  /** What was asked for; the answer's own content type decides. */
  readonly stream: boolean
  /** Longest silence from the first output on, where it was shorter until then. Milliseconds. */
  readonly idleMs?: number | undefined
  /** Called once: undefined when the answer has been given out whole. */
  readonly settle: (failed: Failed | undefined) => void
}

/** Receives one answer, streamed or whole, good or bad. */
export class AnswerReceiver implements Receiver {
  readonly #call: Receiving
  /** Only a stream has it. */
  #stream: SseParser | NdjsonParser | undefined
  exchange: Exchange | undefined
  #mode: Mode = 'stream'
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: Buffer[] = []
  #settled = false
  #lastWords = false
  #began = false

  constructor(call: Receiving) {
    this.#call = call
  }

  head(status: number, headers: IncomingHttpHeaders): number {
    this.#status = status
    this.#headers = headers
    this.#mode = status >= 300 ? 'error' : modeOf(headers['content-type'] ?? '', this.#call)
    if (this.#mode === 'error') return MAX_ERROR
    if (this.#mode === 'whole') return MAX_ANSWER
    const onEvent = (data: string, name: string) => this.#event(data, name)
    this.#stream = this.#call.framing === 'sse' ? new SseParser(onEvent) : new NdjsonParser(onEvent)
    return MAX_STREAM
  }

  data(chunk: Buffer): void {
    if (!this.#stream) {
      this.#body.push(chunk)
      return
    }
    this.#stream.push(chunk)
    this.#call.queue.flush()
    if (this.#call.idleMs !== undefined && !this.#began && this.#call.answer.began) {
      this.#began = true
      this.exchange?.patience(this.#call.idleMs)
    }
    if (!this.#lastWords && !this.#settled && this.#call.answer.complete) {
      this.#lastWords = true
      this.exchange?.patience(LAST_WORDS_MS)
    }
  }

  end(): void {
    if (this.#stream) {
      this.#stream.end()
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
    const word = this.#call.reader.event(data, name)
    if (word !== undefined) this.#word(word)
  }

  /** Some upstreams never say why they stop; their end mark says as much, if anything came before it. */
  #word(word: Word): void {
    const { answer, failures } = this.#call
    if (word !== 'end') this.#stop(failures.inBody(word.error, answer.began))
    else if (answer.complete || answer.began) this.#complete()
    else this.#stop(this.#unfinished())
  }

  #whole(body: string): void {
    const { answer, reader, failures, baseHint } = this.#call
    const reply = asRecord(parseJson(body))
    const word = reply && reader.whole(reply)
    if (word === undefined) this.#settle(failures.nonsense(describe(body, this.#headers, baseHint)))
    else if (word !== 'end') this.#settle(failures.inBody(word.error, false))
    else {
      // A whole answer is whole, whether it says why it ends or not.
      if (!answer.complete) answer.setReason('stop')
      this.#complete()
    }
  }

  #complete(): void {
    const flaw = this.#call.reader.flaw?.()
    if (flaw !== undefined) {
      this.#stop(this.#call.failures.transport('malformed', flaw, this.#call.answer.began))
      return
    }
    this.exchange?.drain()
    this.#call.answer.finish()
    this.#settle(undefined)
  }

  #unfinished(): Failed {
    const { answer, failures } = this.#call
    const stray = asRecord(parseJson(this.#stream?.stray ?? ''))
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

function modeOf(contentType: string, { stream, framing }: Receiving): Mode {
  if (/event-stream|ndjson/i.test(contentType)) return 'stream'
  if (/html|xml/i.test(contentType)) return 'whole'
  // Lines of JSON often come as plain JSON.
  if (framing === 'sse' && /json/i.test(contentType)) return 'whole'
  return stream ? 'stream' : 'whole'
}

function describe(body: string, headers: Json, baseHint: string): string {
  if (body === '') return 'answered with an empty body'
  const html = /html/i.test(String(headers['content-type'])) || /^\s*</.test(body)
  const what = html ? 'an HTML page' : 'something else than an answer of this API'
  return `answered 200 with ${what}; ${baseHint}`
}
