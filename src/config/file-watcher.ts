import { type FSWatcher, watch } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Clock } from '../kernel/clock.js'

/** Between looks at the files when the system reports changes; catches file systems that report none. */
const slowPollMs = 15_000
/** Between looks when a folder cannot be watched, e.g. because it does not exist yet. */
const fastPollMs = 1_000

/**
 * Says when one of some files may have changed. It watches their folders, so that files which are replaced by renaming,
 * or do not exist yet, are seen too. Does not keep the process alive.
 */
export class FileWatcher {
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #files: readonly string[] = []
  #names = new Set<string>()
  #signature = ''
  #stopPoll: () => void = () => {}
  #closed = false

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  /** Watches these files from now on, and no others. */
  async follow(files: readonly string[]): Promise<void> {
    const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)))
    const all = [...new Set([...files, ...real])]
    this.#files = all
    // Kubernetes swaps a link called ..data when it changes a mounted file.
    this.#names = new Set([...all.map((file) => basename(file)), '..data'])
    const folders = new Set(all.map((file) => dirname(file)))
    for (const [folder, watcher] of this.#watchers) if (!folders.has(folder)) this.#drop(folder, watcher)
    for (const folder of folders) this.#watch(folder)
    this.#signature = await signatureOf(all)
    this.#poll()
  }

  close(): void {
    this.#closed = true
    this.#stopPoll()
    for (const [folder, watcher] of this.#watchers) this.#drop(folder, watcher)
  }

  #watch(folder: string): void {
    if (this.#closed || this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // The state folder holds the database too, which changes all the time.
        if (name === null || this.#names.has(name)) this.#onChange()
      })
      watcher.on('error', () => this.#drop(folder, watcher))
      this.#watchers.set(folder, watcher)
    } catch {
      // No such folder, or no more watches to be had: polling sees the files all the same.
    }
  }

  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close()
    this.#watchers.delete(folder)
  }

  #poll(): void {
    this.#stopPoll()
    if (this.#closed) return
    const everythingWatched = this.#files.every((file) => this.#watchers.has(dirname(file)))
    this.#stopPoll = this.#clock.after(everythingWatched ? slowPollMs : fastPollMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    const signature = await signatureOf(this.#files)
    if (this.#closed) return
    for (const file of this.#files) this.#watch(dirname(file))
    if (signature !== this.#signature) this.#onChange()
    this.#signature = signature
    this.#poll()
  }
}

async function signatureOf(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ ino, size, mtimeMs }) => `${ino}:${size}:${mtimeMs}`,
        () => 'absent',
      ),
    ),
  )
  return parts.join('|')
}
