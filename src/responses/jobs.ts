import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import { News } from '../kernel/news.js'
import { follow, type Stop, type StopSignal } from '../kernel/stop.js'
import type { StoredEvent } from '../storage/types.js'

/** Bytes of events that one running response keeps for readers that come back. */
const maxEventBytes = 32 * 1024 * 1024
const maxJobs = 256

/** How long a response that was called off may take to write down its end. */
const settleMs = 5_000

/** One response that runs although nobody waits for it. */
class Job {
  readonly events: StoredEvent[] = []
  readonly stop: Stop
  done = false
  #bytes = 0
  readonly news = new News()

  constructor(stop: Stop) {
    this.stop = stop
  }

  push(event: StoredEvent): void {
    this.#bytes += event.json.length
    if (this.#bytes > maxEventBytes) {
      this.stop.abort(new GatewayError('run_aborted', { message: 'The response is longer than can be kept.' }))
      return
    }
    this.events.push(event)
    this.news.tell()
  }

  end(): void {
    this.done = true
    this.news.tell()
  }
}

/** The background responses of one gateway: started, followed, called off (spec/http.md 7, OpenAI's background mode). */
export class ResponseJobs {
  readonly #jobs = new Map<string, Job>()
  readonly #stopping: StopSignal
  readonly #log: Logger

  constructor(stopping: StopSignal, log: Logger) {
    this.#stopping = stopping
    this.#log = log
  }

  /** Throws `server_busy` when too many run: to be asked before anything is stored. */
  checkRoom(): void {
    if (this.#jobs.size >= maxJobs) throw new GatewayError('server_busy', { retryAfterMs: 1_000 })
  }

  /** Runs it on its own; its failure is logged. Throws `server_busy`. */
  start(id: string, run: (signal: StopSignal, push: (event: StoredEvent) => void) => Promise<void>): void {
    this.checkRoom()
    const { stop, unlink } = follow(this.#stopping)
    const job = new Job(stop)
    this.#jobs.set(id, job)
    const running = run(stop, (event) => job.push(event))
    void running
      .catch((err: unknown) => this.#log.error({ err, responseId: id }, 'a background response was not kept'))
      .finally(() => {
        unlink()
        this.#jobs.delete(id)
        job.end()
      })
  }

  /** False when it does not run. */
  cancel(id: string): boolean {
    const job = this.#jobs.get(id)
    job?.stop.abort(new GatewayError('run_aborted'))
    return job !== undefined
  }

  /** Resolves when it does not run any more, or after a few seconds. */
  async settled(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    const signal = AbortSignal.timeout(settleMs)
    while (job && !job.done && !signal.aborted) await job.news.next(signal)
  }

  /** Waits for those that are on their way to the disk. To be called when all were called off. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.settled(id)))
  }

  /** The events after this number, those to come included; undefined when it does not run. */
  follow(id: string, after: number, signal: StopSignal): AsyncGenerator<StoredEvent, void, void> | undefined {
    const job = this.#jobs.get(id)
    return job && read(job, after, signal)
  }
}

async function* read(job: Job, after: number, signal: StopSignal): AsyncGenerator<StoredEvent, void, void> {
  let next = job.events.findIndex(({ number }) => number > after)
  if (next < 0) next = job.events.length
  while (!signal.aborted) {
    const event = job.events[next]
    if (event) {
      next += 1
      yield event
    } else if (job.done) return
    else await job.news.next(signal)
  }
}
