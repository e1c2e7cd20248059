import { createHash } from 'node:crypto'
import type { Notice } from '../automation/cron/after-run.js'
import { failed, type Worked } from '../automation/cron/failures.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type { RunAnswer } from '../sessions/answers.js'
import { canonicalKey, mainSessionKey } from '../sessions/canonical.js'
import type { ChatUsage } from '../sessions/messages.js'
import type { Sessions } from '../sessions/sessions.js'
import type { CronJobRow, CronRunReport, CronRunRow, CronTold } from '../storage/types.js'
import { type Asked, askTurn, turnFailure } from './ask-turn.js'
import { type CronPost, callWebhook, cronLetters, deliver } from './cron-delivery.js'
import type { Mail } from './letters.js'

/** A turn of a job, unless the job says otherwise (spec/runtime.md 6.2). */
const turnLimitMs = 600_000
const summaryLength = 500

export interface CronWorkInput extends Mail, CronPost {
  readonly clock: Clock
  readonly sessions: Sessions
  readonly stopping: StopSignal
}

/** What the runs of jobs do: turns of agents, notes for main sessions, and messages to people. */
export class CronWork {
  readonly #input: CronWorkInput

  constructor(input: CronWorkInput) {
    this.#input = input
  }

  /** Rejects with `draining` when the gateway ends meanwhile. */
  async work(row: CronJobRow, run: CronRunRow): Promise<Worked> {
    const { clock, sessions, stopping } = this.#input
    const { payload, wakeMode } = row.job
    if (payload.kind === 'systemEvent') {
      const report = { summary: payload.text.slice(0, summaryLength), deliveryStatus: 'not-requested' as const }
      return { status: 'ok', report, told: { events: [this.#event(row, payload.text, wakeMode)] } }
    }
    const { message, model, thinking: thinkingLevel, timeoutSeconds } = payload
    const now = new Date(clock.now()).toISOString()
    const asked = await askTurn(sessions, stopping, {
      sessionKey: this.#sessionOf(row, run),
      agentId: row.agent,
      runId: run.id,
      origin: 'cron',
      content: [{ type: 'text', text: `[cron:${row.id} ${row.job.name}] ${message}\n\n[It is ${now}.]` }],
      caller: { owner: row.owner, job: row.id },
      queueMode: 'followup',
      ...{ model, thinkingLevel, timeoutMs: timeoutSeconds === undefined ? turnLimitMs : timeoutSeconds * 1_000 },
    })
    return this.#ended(row, run, asked)
  }

  /** What a turn of an earlier start has brought; undefined when it was cut off. */
  async resume(row: CronJobRow, run: CronRunRow): Promise<Worked | undefined> {
    const answer = await this.#input.sessions.answer(run.id)
    if (!answer || answer.outcome.stopReason !== undefined) return undefined
    return this.#ended(row, run, { answer })
  }

  /** What people hear of a job that fails or works again: in a chat, by webhook, else by the agent's main session. */
  async alert(row: CronJobRow, run: CronRunRow, notice: Notice): Promise<Partial<CronTold>> {
    const words = alarmWords(row, run, notice)
    const { failureAlert, delivery } = row.job
    const to = { ...delivery, ...this.#input.config().cron?.failureAlert, ...(failureAlert || {}) }
    if (to.mode === 'webhook') {
      const called = await callWebhook(this.#input, to.to ?? '', row, run, words).catch(() => undefined)
      if (called?.status === 'delivered') return {}
    }
    const place = to.mode === 'webhook' ? {} : to
    const letters = cronLetters(this.#input, row, `${run.id}:alert`, place, words, this.#mainOf(row.agent))
    const messages = await letters.catch(() => undefined)
    return messages ? { messages } : { events: [this.#event(row, words, 'next-heartbeat')] }
  }

  async #ended(row: CronJobRow, run: CronRunRow, asked: Asked): Promise<Worked> {
    const { answer } = asked
    const sessionKey = this.#sessionOf(row, run)
    const own = row.job.sessionTarget === 'isolated' ? { ownSession: sessionKey } : {}
    const about = { sessionKey, ...(answer && factsOf(answer)) }
    const failure = turnFailure(asked)
    if (failure) return { ...own, ...failed(failure, about) }
    return { ...own, ...(await this.#delivered(row, run, answer?.text ?? '', about)) }
  }

  /** What the turn said goes where the job says. */
  async #delivered(row: CronJobRow, run: CronRunRow, text: string, about: Partial<CronRunReport>): Promise<Worked> {
    const { status, error, optional, messages } = await deliver(this.#input, row, run, text, this.#mainOf(row.agent))
    const summary = text.trim().slice(0, summaryLength)
    const report = { ...about, summary, deliveryStatus: status, ...(error !== undefined && { deliveryError: error }) }
    const told = messages && { told: { messages } }
    if (error === undefined || optional) return { status: 'ok', report, ...told }
    return { ...failed(new GatewayError('message_not_sent', { message: error }), report), ...told }
  }

  #event(row: CronJobRow, text: string, wake: CronJobRow['job']['wakeMode']) {
    return { sessionKey: this.#mainOf(row.agent), text, wake, at: this.#input.clock.now() }
  }

  #mainOf(agent: string): string {
    return mainSessionKey(this.#input.sessions.context.rules(), agent)
  }

  #sessionOf({ id, agent, job }: CronJobRow, run: CronRunRow): string {
    const { sessionTarget: target } = job
    if (target.startsWith('session:')) {
      return canonicalKey(this.#input.sessions.context.rules(), target.slice('session:'.length), agent).key
    }
    const name = createHash('sha256').update(run.id).digest('hex').slice(0, 16)
    return `agent:${agent}:cron:${id}:run:${name}`
  }
}

function factsOf({ sessionId, model, usage }: RunAnswer): Partial<CronRunReport> {
  return {
    ...(sessionId !== undefined && { sessionId }),
    ...(model !== '' && { model }),
    ...(usage && { usage: usageOf(usage) }),
  }
}

/** Tokens in the words of the log of runs. */
function usageOf({ input, output, cacheRead, cacheWrite, totalTokens }: ChatUsage) {
  return {
    ...{ input_tokens: input, output_tokens: output, total_tokens: totalTokens },
    ...{ cache_read_tokens: cacheRead, cache_write_tokens: cacheWrite },
  }
}

function alarmWords({ job, state }: CronJobRow, { report }: CronRunRow, notice: Notice): string {
  if (notice === 'recovered') return `✅ The job "${job.name}" works again.`
  const often = (state.consecutiveErrors ?? 0) + 1
  const why = report?.error ?? 'it failed'
  const off = notice === 'disabled' ? ' It was turned off.' : ''
  return `⚠️ The job "${job.name}" failed (${often} in a row): ${why}${off}`
}
