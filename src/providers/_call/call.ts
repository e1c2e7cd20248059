import type { StopSignal } from '../../kernel/stop.js'
import { rejectedInput } from '../../models/input.js'
import type { ModelEmit, ModelFailure, ModelFinal, ModelRequest, ProviderContext } from '../../models/types.js'
import { Answer } from '../_answer.js'
import { EventQueue } from '../_event-queue.js'
import { Exchange } from '../_http/exchange.js'
import type { Origin, Pools } from '../_http/pools.js'
import { type Failed, withRetries } from '../_http/retry.js'
import { bodyText } from './body-text.js'
import type { Deployment } from './deployment.js'
import { makeCallId } from './make-id.js'
import { AnswerReceiver } from './receiver.js'

export interface CallInput<Q extends object> {
  readonly context: ProviderContext
  readonly pools: Pools
  readonly deployment: Deployment<Q>
  readonly request: ModelRequest
  readonly signal: StopSignal
}

type Settle = (failed: Failed | undefined) => void

/** One model call, with its repetitions. A call that goes well makes no promise but the one it gives. */
export class ModelCall<Q extends object> {
  readonly #queue: EventQueue
  readonly #input: CallInput<Q>
  readonly #begun: number
  #exchange: Exchange | undefined
  #answer: Answer
  #settle: Settle | undefined

  constructor(input: CallInput<Q>, emit: ModelEmit) {
    this.#input = input
    this.#begun = input.context.clock.monotonic()
    this.#queue = new EventQueue(emit, (isFull) => (isFull ? this.#exchange?.pause() : this.#exchange?.resume()))
    this.#answer = new Answer(this.#queue, input.request)
  }

  /** Resolves with the end of the call. Never rejects. */
  run(): Promise<ModelFinal> {
    const { pools, deployment, request, signal } = this.#input
    const { quirks, target } = deployment
    signal.addEventListener('abort', this.#stop)
    const origin = pools.known(target.origin)
    try {
      const rejected = rejectedInput(request)
      if (rejected) this.#over(rejected)
      else if (!origin) void this.#repeat()
      else this.#send(origin, quirks, (failed) => (failed ? void this.#repeat(failed, quirks) : this.#over()))
    } catch (error) {
      this.#broken(error)
    }
    return this.#queue.final
  }

  /** Goes on after a first attempt that failed, or makes it when there was none yet. */
  async #repeat(failed?: Failed, quirks = this.#input.deployment.quirks): Promise<void> {
    const { context, request, signal } = this.#input
    const { patience } = request
    try {
      const first = failed && (await this.#learn(failed, quirks))
      if (failed && !first) this.#over()
      else this.#over(await withRetries(context, signal, () => this.#attempt(), first, this.#begun, patience?.retryMs))
    } catch (error) {
      this.#broken(error)
    }
  }

  async #attempt(quirks = this.#input.deployment.quirks): Promise<Failed | undefined> {
    const { pools, deployment } = this.#input
    const origin = await pools.origin(deployment.target.origin)
    const failed = await new Promise<Failed | undefined>((settle) => this.#send(origin, quirks, settle))
    return failed && this.#learn(failed, quirks)
  }

  /** Repeats a request at once where the upstream refused a field that we can do without. */
  async #learn(failed: Failed, quirks: Q): Promise<Failed | undefined> {
    const { deployment, request } = this.#input
    const lesson = deployment.wire.learn?.(failed.failure, quirks, request, deployment.target)
    if (!lesson) return failed
    deployment.quirks = { ...deployment.quirks, ...lesson }
    return this.#attempt(lesson)
  }

  /** One request. `settle` hears once how it went; undefined: the answer was given out whole. */
  #send(origin: Origin, quirks: Q, settle: Settle): void {
    const { context, deployment, request, signal } = this.#input
    const { target, failures, wire } = deployment
    if (signal.aborted) {
      settle(failures.aborted())
      return
    }
    const body = bodyText(wire.body(request, target, quirks, deployment.once))
    this.#settle = settle
    this.#answer = new Answer(this.#queue, request)
    const receiver = new AnswerReceiver({
      queue: this.#queue,
      answer: this.#answer,
      reader: wire.read(this.#answer, makeCallId, request),
      framing: wire.framing,
      baseHint: wire.baseHint,
      failures,
      clock: context.clock,
      stream: request.stream,
      idleMs: request.patience && request.model.idleTimeoutMs,
      settle: this.#settled,
    })
    const exchange = new Exchange(origin, context.clock, receiver)
    receiver.exchange = exchange
    this.#exchange = exchange
    const path = target.path(wire.path(request))
    const idleMs = Math.min(request.patience?.silenceMs ?? Number.POSITIVE_INFINITY, request.model.idleTimeoutMs)
    exchange.send({ path, headers: target.headers, body, idleMs })
  }

  readonly #stop = (): void => {
    this.#exchange?.stop()
    this.#settled(this.#input.deployment.failures.aborted())
  }

  /** The first word on a request counts, be it the upstream's or an abort. */
  readonly #settled: Settle = (failed) => {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(failed)
  }

  #over(failure?: ModelFailure): void {
    this.#input.signal.removeEventListener('abort', this.#stop)
    if (!failure) return
    // What was given out has been paid for.
    if (this.#answer.began) this.#queue.usage(this.#answer.usage())
    this.#queue.end({ type: 'error', failure })
  }

  #broken(error: unknown): void {
    const { context, request } = this.#input
    context.log.error({ err: error, model: request.model.ref }, 'model call failed inside the gateway')
    this.#over({ class: 'server', message: `The call to ${request.model.ref} failed inside the gateway.` })
  }
}
