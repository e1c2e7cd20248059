import type { ModelMessage } from '../../schemas/message.js'
import type { LiveRun } from '../agents/live-runs.js'
import type { Gathered, SaidByRun } from '../agents/types.js'
import type { Clock } from '../kernel/clock.js'
import type { StopSignal } from '../kernel/stop.js'
import type { QueueSettings } from './queue-settings.js'

/** A message whose turn waits for those before it. */
export interface WaitingMessage {
  readonly run: LiveRun
  readonly input: ModelMessage
  /** Says how it is to be answered: only messages that agree can be answered together. */
  readonly route: string
  readonly settings: QueueSettings
}

interface Held extends WaitingMessage {
  /** Messages that were dropped in its favour: the first words of each, and its run. */
  readonly dropped: { readonly run: LiveRun; readonly words: string }[]
}

/** Longest time that a turn which collects waits for quiet, in quiet times. */
const mostQuietTimes = 10
/** Characters that are kept of a message that is dropped. */
const keptChars = 160

const nothing: Gathered = { before: [], after: [], joins: [] }

/** The messages of all sessions that wait for a turn. Each has a run of its own, until another takes it in. */
export class WaitingMessages {
  readonly #clock: Clock
  /** Oldest first. */
  readonly #bySession = new Map<string, Map<string, Held>>()
  /** When the newest message of a session that has waiting ones came, on the monotonic clock. */
  readonly #newest = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Those of a session that wait. */
  count(key: string): number {
    return this.#waiting(key).length
  }

  /** It leaves when its turn begins or ends. */
  add(message: WaitingMessage): void {
    const { runId, sessionKey } = message.run
    const held = this.#bySession.get(sessionKey) ?? new Map<string, Held>()
    this.#bySession.set(sessionKey, held.set(runId, { ...message, dropped: [] }))
    this.#newest.set(sessionKey, this.#clock.monotonic())
    message.run.onEnd(() => this.#forget(message.run))
  }

  /** Makes room: the oldest that wait are ended, or kept as one line of what is answered next. */
  shrink(key: string, { cap, drop }: QueueSettings): void {
    if (drop === 'new') return
    // One that has its place and waits for quiet is not in the way of others any more.
    const inLine = () => this.#waiting(key).filter(({ run }) => !run.running)
    for (let waiting = inLine(); waiting.length > cap; waiting = inLine()) {
      const [oldest, ...others] = waiting
      if (!oldest) return
      // What others said is answered elsewhere, or with other rights.
      const next = others.find(({ route }) => route === oldest.route)
      if (drop === 'summarize' && next && oldest.run.join(next.run)) {
        next.dropped.unshift(...oldest.dropped, { run: oldest.run, words: firstWords(oldest.input) })
      } else oldest.run.abort()
      this.#forget(oldest.run)
    }
  }

  /** What is said in the turn of this message, whose place has come. */
  async gather(key: string, runId: string, signal: StopSignal): Promise<Gathered> {
    const own = this.#bySession.get(key)?.get(runId)
    if (!own) return nothing
    const collects = own.settings.mode === 'collect'
    if (collects) await this.#quiet(key, own.settings, signal)
    const others = collects ? this.#joining(key, own) : []
    this.#forget(own.run)
    for (const { run } of others) this.#forget(run)
    const joins = [own, ...others].flatMap(({ dropped }) => dropped.map(({ run }) => run.runId))
    return {
      before: summaryOf(own),
      after: others.flatMap((one) => [...summaryOf(one), { runId: one.run.runId, message: one.input }]),
      joins: [...joins, ...others.map(({ run }) => run.runId)],
    }
  }

  /** Those right behind it that can be answered with it; they have given up their places. */
  #joining(key: string, own: Held): Held[] {
    const found: Held[] = []
    for (const held of this.#waiting(key)) {
      if (held.run === own.run) continue
      if (held.settings.mode !== 'collect' || held.route !== own.route) break
      if (held.run.join(own.run)) found.push(held)
    }
    return found
  }

  /** Resolves when nothing has come for a while, or too much. Rejects when the turn is called off. */
  async #quiet(key: string, { debounceMs, cap }: QueueSettings, signal: StopSignal): Promise<void> {
    const latest = this.#clock.monotonic() + debounceMs * mostQuietTimes
    for (;;) {
      const until = Math.min((this.#newest.get(key) ?? 0) + debounceMs, latest)
      const left = until - this.#clock.monotonic()
      if (left <= 0 || this.count(key) >= cap) return
      await this.#pause(left, signal)
    }
  }

  async #pause(ms: number, signal: StopSignal): Promise<void> {
    let wake = () => {}
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    const cancel = this.#clock.after(ms, wake)
    signal.addEventListener('abort', wake)
    await woken
    cancel()
    signal.removeEventListener('abort', wake)
    signal.throwIfAborted()
  }

  #waiting(key: string): Held[] {
    const all = [...(this.#bySession.get(key)?.values() ?? [])]
    return all.filter(({ run }) => !run.host && !run.ended)
  }

  #forget({ runId, sessionKey }: LiveRun): void {
    const held = this.#bySession.get(sessionKey)
    if (!held?.delete(runId) || held.size > 0) return
    this.#bySession.delete(sessionKey)
    this.#newest.delete(sessionKey)
  }
}

/** The lines of what was dropped in favour of a message, as one message of the first of them. */
function summaryOf({ dropped }: Held): SaidByRun[] {
  const [first] = dropped
  if (!first) return []
  const lines = dropped.map(({ words }) => `- ${words}`).join('\n')
  const text = `Too many messages waited; of these only the first words are left:\n${lines}`
  return [{ runId: first.run.runId, message: { role: 'user', content: [{ type: 'text', text }] } }]
}

function firstWords({ content }: ModelMessage): string {
  const text = content.map((part) => (part.type === 'text' ? part.text : '(image)')).join(' ')
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > keptChars ? `${line.slice(0, keptChars)}...` : line
}
