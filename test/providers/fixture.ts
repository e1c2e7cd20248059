import type { Clock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'
import type {
  FinishReason,
  ModelEvent,
  ModelFailure,
  ModelFinal,
  ModelProvider,
  ModelRequest,
  ProviderContext,
  ResolvedModel,
  Usage,
} from '../../src/models/types.js'

/** Waits for a socket (src/providers/_http/exchange.ts, _call/receiver.ts); no retry takes as long. */
const DRAIN_MS = 1000
const LAST_WORDS_MS = 3000

/**
 * Time for provider tests: short waits (retries) pass at once and are written down, long ones (silence) pass only when
 * `skip` moves the clock. Sockets stay real.
 */
export class TestClock implements Clock {
  readonly waits: number[] = []
  #offset = 0
  readonly #long = new Set<{ due: number; run: () => void }>()

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#offset
  }

  monotonic(): number {
    return this.#offset
  }

  after(ms: number, run: () => void): () => void {
    if (ms >= 20_000 || ms === DRAIN_MS || ms === LAST_WORDS_MS) {
      const timer = { due: this.#offset + ms, run }
      this.#long.add(timer)
      return () => this.#long.delete(timer)
    }
    this.waits.push(ms)
    const handle = setImmediate(() => {
      this.#offset += ms
      run()
    })
    return () => clearImmediate(handle)
  }

  skip(ms: number): void {
    this.#offset += ms
    for (const timer of this.#long) {
      if (timer.due > this.#offset) continue
      this.#long.delete(timer)
      timer.run()
    }
  }

  /** Timers that are still armed. */
  get pending(): number {
    return this.#long.size
  }
}

export function testContext(clock: Clock = new TestClock()): ProviderContext {
  return { log: silentLogger, clock, random: () => 0.2 }
}

export function testModel(baseUrl: string, fields: Partial<ResolvedModel> = {}): ResolvedModel {
  return {
    ref: 'up/model-1',
    provider: 'up',
    id: 'model-1',
    api: 'openai-completions',
    baseUrl,
    account: 'up:config',
    apiKey: 'sk-test-secret-key',
    headers: {},
    input: ['text', 'image'],
    contextWindow: undefined,
    maxTokens: undefined,
    idleTimeoutMs: 60_000,
    patienceMs: 20_000,
    ...fields,
  }
}

export function testRequest(model: ResolvedModel, fields: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi there' }] }],
    tools: [],
    sampling: {},
    stream: true,
    ...fields,
  }
}

export interface Summary {
  readonly text: string
  readonly reasoning: string
  readonly refusal: string
  readonly calls: { id: string; name: string; arguments: string }[]
  readonly usage: Usage | undefined
  readonly reason: FinishReason | undefined
  readonly failure: ModelFailure | undefined
  readonly events: readonly ModelEvent[]
  readonly final: ModelFinal
}

/** Runs a call to its end and checks its contract on the way (src/models/types.ts). */
export async function collect(
  provider: Pick<ModelProvider, 'call'>,
  request: ModelRequest,
  signal: AbortSignal,
  onEvent: (event: ModelEvent, number: number) => void | Promise<void> = () => {},
): Promise<Summary> {
  const all: ModelEvent[] = []
  let waits = false
  let ended = false
  const final = await provider.call(request, signal, (event) => {
    if (waits || ended) throw new Error(`an event while its reader ${ended ? 'was done' : 'waited'}: ${event.type}`)
    all.push(event)
    const wait = onEvent(event, all.length)
    if (!wait) return undefined
    waits = true
    return wait.then(() => {
      waits = false
    })
  })
  ended = true
  return summarise(all, final)
}

export function summarise(all: readonly ModelEvent[], final: ModelFinal): Summary {
  const calls: { id: string; name: string; arguments: string }[] = []
  let text = ''
  let reasoning = ''
  let refusal = ''
  let usage: Usage | undefined
  for (const event of all) {
    if (event.type === 'text') text += event.delta
    else if (event.type === 'reasoning') reasoning += event.delta
    else if (event.type === 'refusal') refusal += event.delta
    else if (event.type === 'usage') {
      if (usage) throw new Error('usage twice')
      usage = event.usage
    } else if (event.type === 'tool_call') {
      const call = calls[event.index]
      if (call && (call.id !== event.id || call.name !== event.name))
        throw new Error('a tool call changed its identity')
      if (call) call.arguments += event.delta
      else if (event.index !== calls.length) throw new Error('tool call indexes have gaps')
      else calls.push({ id: event.id, name: event.name, arguments: event.delta })
    }
    if ('delta' in event && /[\ud800-\udbff]$|^[\udc00-\udfff]/.test(event.delta)) throw new Error('a pair was split')
  }
  return {
    text,
    reasoning,
    refusal,
    calls,
    usage,
    reason: final.type === 'done' ? final.reason : undefined,
    failure: final.type === 'error' ? final.failure : undefined,
    events: all,
    final,
  }
}

/** A signal that never aborts; a new one each time, as every turn has its own. */
export const never = () => new AbortController().signal
