import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../kernel/atomic-file.js'
import { withFileLock } from '../kernel/file-lock.js'
import type { BackendName } from './types.js'

/** A sandbox that was made, as `<state>/sandbox/containers.json` keeps it. Times in milliseconds since the epoch. */
export interface SandboxEntry {
  readonly containerName: string
  readonly backend: BackendName
  readonly agentId: string
  readonly scopeKey: string
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
  readonly image: string
  readonly configHash: string
  /** Folder of its own on this machine. */
  readonly folder: string
}

/** The sandboxes of one state directory; the command line and the gateway may both write it. */
export class SandboxRegistry {
  readonly path: string

  constructor(state: string) {
    this.path = join(state, 'sandbox', 'containers.json')
  }

  async list(): Promise<readonly SandboxEntry[]> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'
      throw error
    })
    try {
      const list: unknown = JSON.parse(text)
      return Array.isArray(list) ? list.filter((entry) => typeof entry?.containerName === 'string') : []
    } catch {
      // It can be made anew: sandboxes are found by name, and what is unknown is made again.
      return []
    }
  }

  async get(name: string): Promise<SandboxEntry | undefined> {
    return (await this.list()).find(({ containerName }) => containerName === name)
  }

  put(entry: SandboxEntry): Promise<void> {
    return this.#change((list) => [...list.filter((other) => other.containerName !== entry.containerName), entry])
  }

  drop(name: string): Promise<void> {
    return this.#change((list) => list.filter(({ containerName }) => containerName !== name))
  }

  #change(next: (list: readonly SandboxEntry[]) => readonly SandboxEntry[]): Promise<void> {
    return withFileLock(this.path, 'server_busy', async () => {
      await writeAtomic(this.path, `${JSON.stringify(next(await this.list()), undefined, 2)}\n`)
    })
  }
}
