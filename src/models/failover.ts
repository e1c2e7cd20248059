import { toGatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import { type Attempt, allFailed, reasonOf } from './all-failed.js'
import { failureToError } from './failure.js'
import { actionFor } from './failure-action.js'
import { rejectedInput, seenBy } from './input.js'
import type { ModelRoute } from './route.js'
import type { ModelEmit, ModelFailure, ModelFinal, ModelRequest, Patience, ResolvedModel } from './types.js'

/** For the same model again, over all models of a line. Milliseconds. */
const RETRY_MS = 4000
/** A model that is left alone is tried all the same when nobody else is left, but not sooner after it failed. */
const PROBE_AFTER_MS = 5000

/** Says something about the turn that the model did not say. */
export type Tell = (event: { readonly type: 'notice'; readonly text: string }) => void | Promise<void>

export interface FailOver {
  readonly failure: ModelFailure
  /** True once somebody has seen a part of the answer: then it stays broken. */
  readonly seen: boolean
  /** Somebody reads the pieces of an answer; also without, it may come in pieces. */
  readonly streams: boolean
  /** Called before another model begins: what the last one brought is void. */
  readonly anew: () => void
}

/**
 * Who answers one turn: the first of the line that is not left alone, and after a failure the next. What was tried stays
 * tried, so that further calls of the turn begin with whoever answered last. A turn whose first model answers makes no
 * promise here but the provider's own.
 */
export class TurnModels {
  readonly #route: ModelRoute
  readonly #sessionKey: string | undefined
  readonly #attempts: Attempt[] = []
  #model: ResolvedModel | undefined
  /** True once it was asked for: a turn may wait long for its place before it needs a model. */
  #chosen = false

  constructor(route: ModelRoute, sessionKey: string | undefined) {
    this.#route = route
    this.#sessionKey = sessionKey
  }

  /** The model that answers, or was asked last. */
  get model(): ResolvedModel {
    const { line, cooldowns } = this.#route.options
    if (!this.#chosen) {
      this.#chosen = true
      this.#model = line.models.length === 1 || !cooldowns.any ? line.models[0] : this.#pick()
    }
    return this.#model ?? line.models[0]
  }

  /** Undefined when nobody else could answer. */
  get patience(): Patience | undefined {
    const { models } = this.#route.options.line
    if (models.length === 1) return undefined
    const others = models.some((model) => model !== this.#model && this.#isFree(model))
    const silenceMs = others ? this.model.patienceMs : Number.POSITIVE_INFINITY
    return { retryMs: this.#isFree(this.model) ? RETRY_MS / models.length : 0, silenceMs }
  }

  /** Calls `request.model`, which must be `model`. Throws `all_models_failed` when everybody is left alone. */
  call(request: ModelRequest, signal: StopSignal, emit: ModelEmit, tell: Tell): Promise<ModelFinal> {
    const provider = this.#route.loaded(request.model.api)
    if (!this.#model) throw this.#nobody()
    if (provider && !this.#standsIn) return provider.call(request, signal, emit)
    return this.#callStandIn(request, signal, emit, tell)
  }

  /** To be called when `model` has answered. */
  worked(): void {
    const { cooldowns } = this.#route.options
    if (cooldowns.any) cooldowns.worked(this.model)
    if (!this.#standsIn) this.#route.recovered(this.#sessionKey)
  }

  /**
   * Goes on after a failure: with another account, with the next model, or not at all. Gives how it ended in the end.
   * Throws when there was more than one to ask and nobody could answer.
   */
  async failOver(
    { failure, seen, streams, anew }: FailOver,
    request: ModelRequest,
    signal: StopSignal,
    emit: ModelEmit,
    tell: Tell,
  ): Promise<ModelFinal> {
    let begun = seen
    const watched: ModelEmit = (event) => {
      begun = begun || streams
      return emit(event)
    }
    for (let failed = failure; ; ) {
      const final: ModelFinal = { type: 'error', failure: failed }
      if (signal.aborted) return final
      this.#failed(failed)
      if (begun || actionFor(failed).next === 'nobody') return final
      const next = this.#next(failed, request)
      if (!next) throw this.#nobody(failed)
      this.#route.options.log.warn({ model: next.ref, class: failed.class }, `${failed.message}; asking ${next.ref}`)
      this.#model = next
      anew()
      const end = await this.#callStandIn(this.requestOf(request), signal, watched, tell)
      if (end.type === 'done') {
        this.worked()
        return end
      }
      failed = end.failure
    }
  }

  /** The same request for `model`. With others in line a stream shows early whether the model is there at all. */
  requestOf(request: ModelRequest): ModelRequest {
    const { patience } = this
    if (!patience && request.model === this.model) return request
    const { patience: _old, ...rest } = request
    const waits = patience !== undefined && Number.isFinite(patience.silenceMs)
    const messages = seenBy(this.model, rest.messages)
    return { ...rest, messages, model: this.model, stream: rest.stream || waits, ...(patience && { patience }) }
  }

  get #standsIn(): boolean {
    return this.model.ref !== this.#route.options.line.models[0].ref
  }

  /** Says who answers in whose place, before the first word of the answer. */
  async #callStandIn(request: ModelRequest, signal: StopSignal, emit: ModelEmit, tell: Tell): Promise<ModelFinal> {
    let provider: Awaited<ReturnType<ModelRoute['load']>>
    try {
      provider = await this.#route.load(request.model.api)
    } catch (error) {
      return { type: 'error', failure: { class: 'not_found', message: toGatewayError(error).message } }
    }
    const text = this.#notice()
    if (text === undefined) return provider.call(request, signal, emit)
    let told = false
    const end = await provider.call(request, signal, (event) => {
      if (told) return emit(event)
      told = true
      const wait = tell({ type: 'notice', text })
      return wait ? wait.then(() => emit(event)) : emit(event)
    })
    if (end.type === 'done' && !told) await tell({ type: 'notice', text })
    return end
  }

  /** Undefined when the turn's own model answers, or the session has heard of it. */
  #notice(): string | undefined {
    const { line, clock } = this.#route.options
    const own = line.models[0]
    if (!this.#standsIn || !this.#route.tells(this.#sessionKey, this.model.ref)) return undefined
    const why = this.#attempts.find(({ model }) => model === own) ?? this.#left(own)
    return `${own.ref} does not answer (${reasonOf(why, clock.now())}). ${this.model.ref} answers instead.`
  }

  #failed(failure: ModelFailure): void {
    const { cooldowns, keysFailed } = this.#route.options
    cooldowns.failed(this.model, failure)
    this.#attempts.push({ model: this.model, failure, pause: cooldowns.paused(this.model) })
    if (failure.class === 'auth' || failure.class === 'billing') keysFailed?.()
  }

  /** The next that can take the request; those that cannot are noted as such. */
  #next(failure: ModelFailure, request: ModelRequest): ResolvedModel | undefined {
    const { next, accounts } = actionFor(failure)
    const asked = this.#attempts.filter(({ model }) => model.ref === this.model.ref).length
    const leaveModel = next === 'model' || asked > accounts
    for (;;) {
      const model = this.#pick(leaveModel ? this.model.ref : undefined)
      const rejected = model && rejectedInput({ ...request, messages: seenBy(model, request.messages), model })
      if (!model || !rejected) return model
      this.#attempts.push({ model, failure: rejected })
    }
  }

  /** The first that was not asked yet and is not left alone, else the first that may be probed. */
  #pick(without?: string): ResolvedModel | undefined {
    const { line, cooldowns, clock } = this.#route.options
    const untried = line.models.filter((one) => one.ref !== without && !this.#wasTried(one))
    const free = untried.find((model) => !cooldowns.paused(model))
    if (free) return free
    const ripe = clock.now() - PROBE_AFTER_MS
    return untried.find((model) => (cooldowns.paused(model)?.failedAt ?? 0) <= ripe)
  }

  #isFree(model: ResolvedModel): boolean {
    return !this.#wasTried(model) && !this.#route.options.cooldowns.paused(model)
  }

  #wasTried(model: ResolvedModel): boolean {
    return this.#attempts.some((attempt) => attempt.model === model)
  }

  #left(model: ResolvedModel): Attempt {
    return { model, pause: this.#route.options.cooldowns.paused(model) }
  }

  #nobody(failure?: ModelFailure): Error {
    const { line, clock } = this.#route.options
    if (failure && line.models.length === 1 && line.missing.length === 0) return failureToError(failure)
    const attempts = line.models.map(
      (model) => this.#attempts.findLast((attempt) => attempt.model === model) ?? this.#left(model),
    )
    return allFailed(attempts, line.missing, clock.now(), this.#attempts.length > 0)
  }
}
