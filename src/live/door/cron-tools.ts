import type { CronDelivery, CronJob } from '../../../schemas/cron.js'
import { jobNotFound } from '../../automation/cron/not-found.js'
import type { CronJobRow } from '../../storage/types.js'
import type { GatewayCron, JobLine, RunLine } from '../../tools/_gateway/cron.js'
import type { OpenedCron } from '../cron.js'
import type { DoorFacts, DoorWorld } from './types.js'

const most = 100
const mostRuns = 20

/** The jobs of the agent whose turn it is; those of others are not there for it. */
export class CronTools implements GatewayCron {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  async list(): Promise<readonly JobLine[]> {
    const { jobs } = await this.#open()
    const wanted = { agent: this.#facts.agent, sort: 'nextAt', descending: false, limit: most, offset: 0 } as const
    return (await jobs.list(wanted)).rows.map(lineOf)
  }

  async add(job: CronJob): Promise<JobLine> {
    const { jobs } = await this.#open()
    const { agent, sessionKey, caller } = this.#facts
    const delivery = job.delivery ?? (job.payload.kind === 'agentTurn' ? await this.#here() : undefined)
    const wish = { job: { ...job, ...(delivery && { delivery }) }, agentId: agent, sessionKey, owner: caller.owner }
    return lineOf(await jobs.add(wish))
  }

  async remove(id: string): Promise<void> {
    const { jobs } = await this.#open()
    await jobs.remove((await this.#mine(id)).id)
  }

  async run(id: string): Promise<string> {
    const { runner } = await this.#open()
    const started = await runner.run(await this.#mine(id), 'force')
    return started.ran ? started.runId : started.reason
  }

  async runs(id: string): Promise<readonly RunLine[]> {
    const { store } = this.#world.cron()
    const wanted = { jobId: (await this.#mine(id)).id, ascending: false, limit: mostRuns, offset: 0 }
    return (await store.runs(wanted)).rows.map(({ at, status, report }) => ({
      at: new Date(at).toISOString(),
      status,
      what: report?.error ?? report?.summary ?? '',
    }))
  }

  #open(): Promise<OpenedCron> {
    return this.#world.cron().open()
  }

  async #mine(id: string): Promise<CronJobRow> {
    const { jobs } = await this.#open()
    const row = await jobs.get(id)
    if (row.agent === this.#facts.agent) return row
    throw jobNotFound(id)
  }

  /** The chat that the turn is in. */
  async #here(): Promise<CronDelivery | undefined> {
    const { sessionKey, caller } = this.#facts
    const { mail } = this.#world.cron()
    const route = caller.chat ?? (sessionKey === undefined ? undefined : await mail.lastRoute(sessionKey))
    if (!route) return undefined
    const { channel, account, place } = route
    const to = `${place.kind === 'direct' ? 'user' : place.kind}:${place.id}`
    return {
      mode: 'announce',
      channel,
      accountId: account,
      to,
      ...(place.thread !== undefined && { threadId: place.thread }),
    }
  }
}

function lineOf({ id, enabled, nextAt, job, state }: CronJobRow): JobLine {
  const { name, schedule, payload } = job
  return {
    ...{ id, name, enabled, schedule, what: payload.kind === 'agentTurn' ? payload.message : payload.text },
    ...(nextAt !== undefined && { next: new Date(nextAt).toISOString() }),
    ...(state.lastRunStatus !== undefined && { lastStatus: state.lastRunStatus }),
    ...(state.lastError !== undefined && { lastError: state.lastError }),
  }
}
