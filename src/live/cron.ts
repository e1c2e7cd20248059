import { createHash } from 'node:crypto'
import type { RunFinal } from '../agents/types.js'
import type { Notice } from '../automation/cron/after-run.js'
import { failed, type Worked } from '../automation/cron/failures.js'
import { CronJobs } from '../automation/cron/jobs.js'
import { CronRunner } from '../automation/cron/runner.js'
import { eventLimits } from '../automation/system-events.js'
import type { Clock } from '../kernel/clock.js'
import { errorOfCode, GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import { canonicalKey, mainSessionKey } from '../sessions/canonical.js'
import type { Sessions } from '../sessions/sessions.js'
import type { CronJobRow, CronRunRow, CronTold, Store } from '../storage/types.js'
import { type CronPost, deliver, lettersTo, type Mail } from './cron-delivery.js'
import { cronEvent } from './cron-rows.js'
import type { Hub } from './hub.js'

/** A turn of a job, unless the job says otherwise (spec/runtime.md 6.2). */
const turnLimitMs = 600_000
const summaryLength = 500

export interface CronInput extends Mail, CronPost {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly hub: Hub
  readonly sessions: Sessions
  readonly stopping: StopSignal
}

export interface OpenedCron {
  readonly jobs: CronJobs
  readonly runner: CronRunner
  close(): Promise<void>
}

/** The scheduled jobs of a gateway. Loaded when there is one, or somebody asks for them. */
export async function openCron(input: CronInput): Promise<OpenedCron> {
  const { store, clock, log, hub, config, sessions, stopping } = input
  const tell = (event: object) => hub.broadcast('cron', event)
  const runner = new CronRunner({
    ...{ store: store.cron, clock, log, config, stopping },
    ...{ work, resume, alert },
    told: ({ messages = [] }) => input.sent(messages),
    event: (action, row, run) => tell(cronEvent(action, row, run)),
  })
  const jobs = new CronJobs({
    ...{ store: store.cron, clock, config },
    changed: (action, row) => {
      tell({ jobId: row.id, action, ...(row.nextAt !== undefined && { nextRunAtMs: row.nextAt }) })
      runner.look()
    },
  })
  await runner.open()
  return { jobs, runner, close: () => runner.close() }

  function mainOf(agent: string) {
    return mainSessionKey(sessions.context.rules(), agent)
  }

  async function work(row: CronJobRow, run: CronRunRow): Promise<Worked> {
    const { payload, wakeMode: wake } = row.job
    if (payload.kind === 'systemEvent') {
      const event = { sessionKey: mainOf(row.agent), text: payload.text, wake, at: clock.now() }
      const report = { summary: payload.text.slice(0, summaryLength), deliveryStatus: 'not-requested' as const }
      return { status: 'ok', report, told: { event, limits: eventLimits } }
    }
    const { message, model, thinking: thinkingLevel, timeoutSeconds } = payload
    const timeoutMs = timeoutSeconds === undefined ? turnLimitMs : timeoutSeconds * 1_000
    const now = new Date(clock.now()).toISOString()
    const sent = await sessions.turns.send({
      sessionKey: sessionOf(row, run),
      agentId: row.agent,
      runId: run.id,
      origin: 'cron',
      content: [{ type: 'text', text: `[cron:${row.id} ${row.job.name}] ${message}\n\n[It is ${now}.]` }],
      caller: { owner: row.owner },
      queueMode: 'followup',
      ...{ model, thinkingLevel, timeoutMs },
    })
    const final: RunFinal = sent.status === 'started' ? await sent.done : { type: 'aborted', partial: '' }
    if (final.type === 'aborted' && stopping.aborted) throw new GatewayError('draining')
    return finish(row, run, final)
  }

  async function finish(row: CronJobRow, run: CronRunRow, final: RunFinal): Promise<Worked> {
    const sessionKey = sessionOf(row, run)
    const sessionId = (await store.sessions.get(sessionKey))?.id
    const about = { sessionKey, ...(sessionId !== undefined && { sessionId }) }
    if (final.type === 'aborted') return failed(new GatewayError('run_aborted'), about)
    if (final.type === 'error') return failed(final.error, about)
    const { text } = final.result
    return delivered(row, run, text, about)
  }

  /** What the turn said goes where the job says. */
  async function delivered(row: CronJobRow, run: CronRunRow, text: string, about: object): Promise<Worked> {
    const summary = text.trim().slice(0, summaryLength)
    const given = await deliver(input, row, run, text, mainOf(row.agent))
    const report = {
      ...about,
      summary,
      deliveryStatus: given.status,
      ...(given.error && { deliveryError: given.error }),
    }
    const told = { messages: given.messages ?? [] }
    if (given.error === undefined || given.optional) return { status: 'ok', report, told }
    return { ...failed(new GatewayError('message_not_sent', { message: given.error }), report), told }
  }

  async function resume(row: CronJobRow, run: CronRunRow): Promise<Worked | undefined> {
    const answer = await sessions.answer(run.id)
    if (!answer || answer.outcome.stopReason !== undefined) return undefined
    const about = { sessionKey: sessionOf(row, run), ...(answer.sessionId && { sessionId: answer.sessionId }) }
    if (answer.outcome.status === 'ok') return delivered(row, run, answer.text, about)
    return failed(errorOfCode(answer.outcome.error), about)
  }

  async function alert(row: CronJobRow, run: CronRunRow, notice: Notice): Promise<CronTold> {
    const words = alarmWords(row, run, notice)
    const { failureAlert, delivery } = row.job
    const general = config().cron?.failureAlert
    const to = { ...delivery, ...general, ...(failureAlert || {}) }
    const messages = await lettersTo(input, row, `${run.id}:alert`, to, words, mainOf(row.agent)).catch(() => undefined)
    if (messages) return { messages }
    const event = { sessionKey: mainOf(row.agent), text: words, wake: 'next-heartbeat' as const, at: clock.now() }
    return { event, limits: eventLimits }
  }

  function sessionOf(row: CronJobRow, run: CronRunRow): string {
    const target = row.job.sessionTarget
    if (target.startsWith('session:')) {
      return canonicalKey(sessions.context.rules(), target.slice('session:'.length), row.agent).key
    }
    const name = createHash('sha256').update(run.id).digest('hex').slice(0, 16)
    return `agent:${row.agent}:cron:${row.id}:run:${name}`
  }
}

function alarmWords({ job, state }: CronJobRow, { report }: CronRunRow, notice: Notice): string {
  if (notice === 'recovered') return `✅ The job "${job.name}" works again.`
  const often = (state.consecutiveErrors ?? 0) + 1
  const why = report?.error ?? 'it failed'
  const off = notice === 'disabled' ? ' It was turned off.' : ''
  return `⚠️ The job "${job.name}" failed (${often} in a row): ${why}${off}`
}
