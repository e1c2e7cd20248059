import { randomUUID } from 'node:crypto'
import type { CronJob } from '../../../schemas/cron.js'
import { agentRoster, requireAgent } from '../../agents/select.js'
import type { Config } from '../../config/types.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { canonicalKey, keyRules } from '../../sessions/canonical.js'
import type { CronJobFilter, CronJobRow, CronStore } from '../../storage/types.js'
import { jobNotFound } from './not-found.js'
import { type CronJobPatch, patchedJob } from './patched.js'
import { checkSchedule, nextRunAt } from './schedule.js'

export interface CronJobsOptions {
  readonly store: CronStore
  readonly clock: Clock
  readonly config: () => Config
  /** Something has changed: what is due next may be another. */
  readonly changed: (change: 'added' | 'updated' | 'removed', row: CronJobRow) => void
}

/** A job as somebody wants it. */
export interface JobWish {
  readonly job: CronJob
  readonly agentId?: string | undefined
  readonly enabled?: boolean | undefined
  /** Of whoever asks; `sessionTarget: current` means it. */
  readonly sessionKey?: string | undefined
  /** It runs on behalf of an owner of the gateway. */
  readonly owner: boolean
}

export interface JobChange {
  readonly job?: CronJobPatch
  readonly agentId?: string | null | undefined
  readonly enabled?: boolean | undefined
}

/** Jobs as people and agents make, read and change them. Everything is on disk before it is told. */
export class CronJobs {
  readonly #options: CronJobsOptions

  constructor(options: CronJobsOptions) {
    this.#options = options
  }

  /**
   * A job with the declarationKey of another changes that one. Throws `invalid_params` for what means nothing or never
   * comes, `agent_not_found`.
   */
  async add({ job, agentId, enabled = true, sessionKey, owner }: JobWish): Promise<CronJobRow> {
    const { store, clock, changed } = this.#options
    const known = job.declarationKey === undefined ? undefined : await store.declared(job.declarationKey)
    if (known) return this.update(known.id, { job, agentId, enabled })
    const now = clock.now()
    const agent = this.#agent(agentId)
    const checked = this.#checked(job, agent, sessionKey)
    const fresh = { id: randomUUID(), createdAt: now }
    const nextAt = this.#next(checked, fresh, now)
    const row: CronJobRow = {
      ...{ ...fresh, agent, enabled, updatedAt: now, revision: 1, nextAt, runningAt: undefined },
      ...{ job: checked, state: {}, owner },
    }
    await store.add(row)
    changed('added', row)
    return row
  }

  /** Throws `not_found`, and what `add` throws. */
  async update(id: string, { job, agentId, enabled }: JobChange): Promise<CronJobRow> {
    const now = this.#options.clock.now()
    const row = await this.#options.store.change(id, (before) => {
      const agent = agentId === undefined ? before.agent : this.#agent(agentId ?? undefined)
      const wanted = job && { ...job, ...(job.schedule && { schedule: fromNow(job.schedule, now) }) }
      const next = wanted === undefined ? before.job : this.#checked(patchedJob(before.job, wanted), agent, undefined)
      const on = enabled ?? before.enabled
      const turnedOn = on && !before.enabled
      const { autoDisabled: _, consecutiveErrors: __, ...fresh } = before.state
      return {
        ...before,
        ...{ agent, job: next, enabled: on, updatedAt: now, revision: before.revision + 1 },
        nextAt: job?.schedule !== undefined || turnedOn ? this.#next(next, before, now) : before.nextAt,
        // Whoever turns it on again gives it another chance.
        state: turnedOn ? fresh : before.state,
      }
    })
    if (!row) throw jobNotFound(id)
    this.#options.changed('updated', row)
    return row
  }

  /** False when there was none. A run that goes on ends, and changes nothing any more. */
  async remove(id: string): Promise<boolean> {
    const row = await this.#options.store.get(id)
    if (!row || !(await this.#options.store.remove(id))) return false
    this.#options.changed('removed', row)
    return true
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<CronJobRow> {
    const row = await this.#options.store.get(id)
    if (row) return row
    throw jobNotFound(id)
  }

  list(filter: CronJobFilter) {
    return this.#options.store.list(filter)
  }

  #agent(id: string | undefined): string {
    const roster = agentRoster(this.#options.config())
    if (id === undefined) return roster.defaultId
    requireAgent(roster, id)
    return id
  }

  #next(job: CronJob, of: { readonly id: string; readonly createdAt: number }, now: number): number {
    const nextAt = nextRunAt(job.schedule, now, of)
    if (nextAt !== undefined) return nextAt
    throw invalid('This is past, or never comes: the job would not run.', 'schedule')
  }

  #checked(job: CronJob, agent: string, sessionKey: string | undefined): CronJob {
    checkSchedule(job.schedule)
    const { payload, sessionTarget } = job
    const target = sessionTarget === 'current' ? `session:${sessionKey ?? ''}` : sessionTarget
    if (payload.kind === 'systemEvent' && target !== 'main') {
      throw invalid('A systemEvent is for sessionTarget main; for another session use an agentTurn.', 'sessionTarget')
    }
    if (payload.kind === 'agentTurn' && target === 'main') {
      throw invalid('An agentTurn runs isolated or in a session; for main use a systemEvent.', 'sessionTarget')
    }
    if (target !== 'main' && target !== 'isolated') this.#checkSession(target, agent)
    if (job.delivery?.mode === 'webhook' && !/^https?:\/\//.test(job.delivery.to ?? '')) {
      throw invalid('delivery.to must be the http or https URL of the webhook.', 'delivery.to')
    }
    if (job.delivery?.to !== undefined && job.delivery.mode === 'announce' && job.delivery.channel === undefined) {
      throw invalid('delivery.to needs delivery.channel.', 'delivery.channel')
    }
    return { ...job, sessionTarget: target }
  }

  #checkSession(target: string, agent: string): void {
    const key = /^session:(.+)$/.exec(target)?.[1]
    if (key === undefined) {
      const known = 'main, isolated, current (where there is a session) or session:<key>'
      throw invalid(`"${target.slice(0, 80)}" is no session target: ${known}.`, 'sessionTarget')
    }
    canonicalKey(keyRules(this.#options.config(), agentRoster(this.#options.config())), key, agent)
  }
}

/** A new distance counts from now, and not from when the job was made. */
function fromNow(schedule: CronJob['schedule'], now: number): CronJob['schedule'] {
  return schedule.kind === 'every' ? { anchorMs: now, ...schedule } : schedule
}

const invalid = (message: string, param: string) => new GatewayError('invalid_params', { message, param })
