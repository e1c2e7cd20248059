import { randomBytes } from 'node:crypto'
import { rejectedInput } from '../../models/input.js'
import type { ModelEmit, ModelFailure, ModelFinal, ModelRequest, ProviderContext } from '../../models/types.js'
import { Answer } from '../_answer.js'
import { EventQueue } from '../_event-queue.js'
import { Exchange } from '../_http/exchange.js'
import type { Pools } from '../_http/pools.js'
import { type Failed, withRetries } from '../_http/retry.js'
import { ChatReceiver } from './chat-receiver.js'
import { type Deployment, learn } from './deployment.js'
import { type Quirks, requestBody } from './request-body.js'

export interface ChatRunInput {
  readonly context: ProviderContext
  readonly pools: Pools
  readonly deployment: Deployment
  readonly request: ModelRequest
  readonly signal: AbortSignal
}

/** One model call, with its repetitions. */
export class ChatRun {
  readonly #queue: EventQueue
  readonly #input: ChatRunInput
  #exchange: Exchange | undefined
  #answer: Answer
  #settle: (failed: Failed | undefined) => void = () => {}

  constructor(input: ChatRunInput, emit: ModelEmit) {
    this.#input = input
    this.#queue = new EventQueue(emit, (isFull) => (isFull ? this.#exchange?.pause() : this.#exchange?.resume()))
    this.#answer = new Answer(this.#queue, input.request)
  }

  /** Resolves with the end of the call. Never rejects. */
  async run(): Promise<ModelFinal> {
    const { context, request, signal } = this.#input
    const stop = () => this.#stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const failure =
        rejectedInput(request) ?? (await withRetries(context, signal, () => this.#attempt(this.#deployment.quirks)))
      if (failure) this.#fail(failure)
    } catch (error) {
      context.log.error({ err: error, model: request.model.ref }, 'model call failed inside the gateway')
      this.#fail({ class: 'server', message: `The call to ${request.model.ref} failed inside the gateway.` })
    } finally {
      signal.removeEventListener('abort', stop)
    }
    return this.#queue.final
  }

  get #deployment(): Deployment {
    return this.#input.deployment
  }

  /** One request, repeated at once where the upstream refused a field that we can do without. */
  async #attempt(quirks: Quirks): Promise<Failed | undefined> {
    const { request } = this.#input
    const { target } = this.#deployment
    const failed = await this.#send(requestBody(request, target.openAi, quirks))
    const lesson = failed && learn(failed.failure, quirks, request, target.openAi)
    if (!lesson) return failed
    this.#deployment.quirks = { ...this.#deployment.quirks, ...lesson }
    return this.#attempt(lesson)
  }

  async #send(body: string): Promise<Failed | undefined> {
    const { context, pools, request, signal } = this.#input
    const { target, failures } = this.#deployment
    const origin = await pools.origin(target.origin)
    if (signal.aborted) return failures.aborted()
    return new Promise((settle) => {
      this.#settle = settle
      this.#answer = new Answer(this.#queue, request)
      const receiver = new ChatReceiver({
        queue: this.#queue,
        answer: this.#answer,
        failures,
        clock: context.clock,
        makeId: makeCallId,
        stream: request.stream,
        settle,
      })
      const exchange = new Exchange(origin, context.clock, receiver)
      receiver.exchange = exchange
      this.#exchange = exchange
      exchange.send({
        path: target.path('/chat/completions'),
        headers: target.headers,
        body,
        idleMs: request.model.idleTimeoutMs,
      })
    })
  }

  #stop(): void {
    this.#exchange?.stop()
    this.#settle(this.#deployment.failures.aborted())
  }

  #fail(failure: ModelFailure): void {
    // What was given out has been paid for.
    if (this.#answer.began) this.#queue.usage(this.#answer.usage())
    this.#queue.end({ type: 'error', failure })
  }
}

/** As OpenAI makes them: `call_` and 24 letters and digits (spec/http.md section 6.1). */
function makeCallId(): string {
  return `call_${randomBytes(18).toString('base64').replace(/[+/]/g, 'x')}`
}
