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

  /** Runs `work` where it sees every write that was asked for before it. */
  async read<T>(work: () => T): Promise<T> {
    return this.#queue.length === 0 ? work() : this.write(work)
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
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const values = jobs.map((job) => this.#attempt(job))
      this.#database.exec('COMMIT')
      this.#wal ??= await open(this.#walPath, 'r+')
      await this.#wal.datasync()
      jobs.forEach((job, index) => {
        job.resolve(values[index])
      })
    } catch (error) {
      this.#try('ROLLBACK')
      // Those that failed by themselves have been told already.
      for (const job of jobs) job.reject(error)
    }
  }

  /**
   * One job inside its savepoint, so that its failure undoes only itself. Throws when the whole transaction is gone,
   * as after a full disk: SQLite then ends it by itself.
   */
  #attempt(job: Job): unknown {
    this.#database.exec('SAVEPOINT job')
    try {
      const value = job.work()
      this.#database.exec('RELEASE job')
      return value
    } catch (error) {
      if (!this.#try('ROLLBACK TO job; RELEASE job')) throw error
      job.reject(error)
      return undefined
    }
  }

  /** False when there is nothing to roll back any more. (libsql's `inTransaction` ends the process on a closed database.) */
  #try(sql: string): boolean {
    try {
      this.#database.exec(sql)
      return true
    } catch {
      return false
    }
  }
}
