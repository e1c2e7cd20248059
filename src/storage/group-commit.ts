import { type FileHandle, open } from 'node:fs/promises'
import type { Database } from './database.js'

interface Job {
  readonly work: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** More waiting writes than this means that the disk has stopped; new ones are refused rather than piled up. */
const maxQueuedWrites = 100_000

/**
 * Many writers, one transaction, one fsync. Writes that arrive in the same tick share a commit; the WAL is then synced
 * in libuv's thread pool while the next group gathers, so the event loop never waits for the disk and a write is
 * acknowledged only when it would survive a power cut.
 */
export class GroupCommit {
  readonly #database: Database
  readonly #walPath: string
  #wal: FileHandle | undefined
  #queue: Job[] = []
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(database: Database, path: string) {
    this.#database = database
    this.#walPath = `${path}-wal`
  }

  /** Runs `work` inside the next group's transaction. Rejects with what `work` throws; the others still commit. */
  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The store is closed.'))
    if (this.#queue.length >= maxQueuedWrites) return Promise.reject(new Error('Too many writes are waiting.'))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#flushing ??= this.#flush()
    })
  }

  /** Waits for everything queued so far and refuses new writes. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#flushing) await this.#flushing
    await this.#wal?.close()
    this.#wal = undefined
  }

  async #flush(): Promise<void> {
    // One turn of the event loop lets every writer of this tick join the group.
    await new Promise(setImmediate)
    while (this.#queue.length > 0) await this.#commit(this.#takeQueue())
    this.#flushing = undefined
  }

  #takeQueue(): Job[] {
    const jobs = this.#queue
    this.#queue = []
    return jobs
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    const done: { job: Job; value: unknown }[] = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const job of jobs) {
        const value = this.#attempt(job)
        if (value) done.push(value)
      }
      this.#database.exec('COMMIT')
      this.#wal ??= await open(this.#walPath, 'r+')
      await this.#wal.datasync()
      for (const { job, value } of done) job.resolve(value)
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
      for (const { job } of done.length > 0 ? done : jobs.map((job) => ({ job }))) job.reject(error)
    }
  }

  /** One job inside its savepoint, so that its failure undoes only itself. */
  #attempt(job: Job): { job: Job; value: unknown } | undefined {
    this.#database.exec('SAVEPOINT job')
    try {
      const value = job.work()
      this.#database.exec('RELEASE job')
      return { job, value }
    } catch (error) {
      this.#database.exec('ROLLBACK TO job; RELEASE job')
      job.reject(error)
      return undefined
    }
  }
}
