import { type RunCaller, withoutChat } from '../agents/caller.js'
import type { RunFinal } from '../agents/types.js'
import { randomId } from '../kernel/random-id.js'
import type { SessionName } from './canonical.js'
import { hasChat } from './chat-route.js'
import type { SessionsContext } from './context.js'
import type { Turns } from './turns.js'

/** Answers that end an exchange. */
const skips = new Set(['REPLY_SKIP', 'ANNOUNCE_SKIP', 'NO_REPLY', ''])
const defaultTurns = 5
/** Exchanges that go on at the same time; further messages get their one answer. */
const maxExchanges = 32

export interface Letter {
  /** Whose turn sends it; undefined for a turn that stands alone. */
  readonly from: SessionName | undefined
  readonly to: SessionName
  readonly message: string
  /** How long to wait for the answer, in milliseconds; 0 does not wait. */
  readonly waitMs: number
  readonly caller: RunCaller
  /** True: the sender's session hears the answer and may reply in turns of its own. */
  readonly exchange: boolean
  readonly signal: AbortSignal
}

export interface LetterAnswer {
  readonly status: 'ok' | 'accepted' | 'timeout' | 'no_reply' | 'error'
  readonly runId: string
  readonly reply?: string
  readonly error?: string
}

/** Messages from one session to another, and the replies that follow (spec/runtime.md 4.2, `sessions_send`). */
export class Exchanges {
  readonly #context: SessionsContext
  readonly #turns: Turns
  readonly #open = new Set<Promise<void>>()

  constructor(context: SessionsContext, turns: Turns) {
    this.#context = context
    this.#turns = turns
  }

  /** Takes the message, and waits for the answer as long as its sender wants to. Throws what `Turns.send` throws. */
  async send(letter: Letter): Promise<LetterAnswer> {
    const { from, to, message, waitMs, signal, caller, exchange } = letter
    const runId = `send_${randomId()}`
    const about = 'It is not from your user; answer it as a message of a colleague. REPLY_SKIP alone is no answer.'
    const words = `[Message of ${nameOf(from)}. ${about}]\n\n${message}`
    const sent = await this.#say(runId, to, words, withoutChat(caller))
    const first = sent.status === 'started' ? sent.done : Promise.resolve<RunFinal>({ type: 'aborted', partial: '' })
    if (exchange && from && this.#open.size < maxExchanges) this.#follow(this.#goOn(first, from, to, caller))
    if (waitMs === 0) return { status: 'accepted', runId }
    const final = await this.#within(first, waitMs, signal)
    return final ? { runId, ...answerOf(final) } : { status: 'timeout', runId }
  }

  /** Resolves when no exchange goes on; the gateway's stop ends them. */
  async close(): Promise<void> {
    await Promise.all(this.#open)
  }

  /** The answer goes to its sender, whose reply goes back, until one of them has nothing to add. */
  async #goOn(first: Promise<RunFinal>, from: SessionName, to: SessionName, caller: RunCaller): Promise<void> {
    const turns = this.#context.options.config().session?.agentToAgent?.maxPingPongTurns ?? defaultTurns
    let final = await first
    for (let turn = 1; turn <= turns && isAnswer(final); turn += 1) {
      const [speaker, hearer] = turn % 2 === 1 ? [to, from] : [from, to]
      const of = hearer === from ? caller : withoutChat(caller)
      const head = `[Answer of ${nameOf(speaker)}, turn ${turn} of at most ${turns}. It is not from your user. Reply to it, or end the exchange with exactly REPLY_SKIP.]`
      const sent = await this.#say(`send_${randomId()}`, hearer, `${head}\n\n${final.result.text}`, of)
      if (sent.status !== 'started') return
      final = await sent.done
    }
    if (await hasChat(this.#context.store, to.key)) await this.#announce(from, to, caller)
  }

  /** The people of a chat have seen nothing of it; the agent there may tell them what matters. */
  async #announce(from: SessionName, to: SessionName, caller: RunCaller): Promise<void> {
    const words = `[The exchange with ${nameOf(from)} is over. The people of this chat have not seen it. Write what they should know of it, as a message to them, or answer with exactly ANNOUNCE_SKIP.]`
    const sent = await this.#say(`announce_${randomId()}`, to, words, withoutChat(caller))
    if (sent.status === 'started') await sent.done
  }

  #say(runId: string, { key, agent }: SessionName, text: string, caller: RunCaller) {
    return this.#turns.send({
      sessionKey: key,
      agentId: agent,
      runId,
      content: [{ type: 'text', text }],
      origin: 'agent',
      caller,
      queueMode: 'followup',
    })
  }

  #follow(work: Promise<void>): void {
    const { log, stopping } = this.#context.options
    const owned: Promise<void> = work
      .catch((err: unknown) => {
        if (!stopping.aborted) log.warn({ err }, 'an exchange between two sessions broke off')
      })
      .finally(() => this.#open.delete(owned))
    this.#open.add(owned)
  }

  async #within(done: Promise<RunFinal>, ms: number, signal: AbortSignal): Promise<RunFinal | undefined> {
    signal.throwIfAborted()
    let stop = () => {}
    const over = new Promise<undefined>((resolve, reject) => {
      const cancel = this.#context.options.clock.after(ms, () => resolve(undefined))
      const leave = () => reject(signal.reason)
      signal.addEventListener('abort', leave)
      stop = () => {
        cancel()
        signal.removeEventListener('abort', leave)
      }
    })
    return Promise.race([done, over]).finally(stop)
  }
}

const isAnswer = (final: RunFinal): final is RunFinal & { type: 'end' } =>
  final.type === 'end' && !skips.has(final.result.text.trim())

function nameOf(from: SessionName | undefined): string {
  return from === undefined ? 'another agent of this gateway' : `agent "${from.agent}" in session ${from.key}`
}

function answerOf(final: RunFinal): Omit<LetterAnswer, 'runId'> {
  if (isAnswer(final)) return { status: 'ok', reply: final.result.text }
  if (final.type === 'end') return { status: 'no_reply' }
  return { status: 'error', error: final.type === 'error' ? final.error.message : 'The turn was called off.' }
}
