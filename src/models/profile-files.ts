import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../kernel/logger.js'
import { type AuthProfiles, noProfiles, parseAuthProfiles } from './auth-profiles.js'

const fileName = 'auth-profiles.json'
/** Larger ones are no list of keys. */
const MAX_BYTES = 1024 * 1024

interface Known {
  readonly stamp: string
  readonly profiles: AuthProfiles
}

export interface ProfileFilesOptions {
  readonly log: Logger
  /** The state directory of this gateway; another one's keys are never read. */
  readonly state: string
  /** `agents.entries.<id>.agentDir`, made absolute. */
  readonly agentDir: (agentId: string) => string | undefined
  /** Told when a file was read: the log has more to hide. */
  readonly onRead?: () => void
}

/**
 * The `auth-profiles.json` of each agent. Read when the agent's models are first resolved, and synchronously: it is a
 * few lines, once, and everything that resolves a model stays simple. Never written here.
 */
export class ProfileFiles {
  readonly #options: ProfileFilesOptions
  readonly #known = new Map<string, Known>()

  constructor(options: ProfileFilesOptions) {
    this.#options = options
  }

  /** The accounts of an agent; none when it has no file, or one that makes no sense. */
  of(agentId: string): AuthProfiles {
    const path = this.path(agentId)
    const known = this.#known.get(path)
    if (known) return known.profiles
    const profiles = this.#read(path)
    this.#known.set(path, { stamp: stampOf(path), profiles })
    if (profiles.profiles.length > 0) this.#options.onRead?.()
    return profiles
  }

  /** Looks at the files again; true when one has changed, and who has resolved models must do so anew. */
  refresh(): boolean {
    let changed = false
    for (const [path, { stamp }] of this.#known) {
      if (stampOf(path) === stamp) continue
      this.#known.delete(path)
      changed = true
    }
    return changed
  }

  /** Every secret that was read as text. */
  secrets(): string[] {
    const all = [...this.#known.values()].flatMap(({ profiles }) => profiles.profiles)
    return all.flatMap(({ secret }) => (typeof secret === 'string' ? [secret] : []))
  }

  path(agentId: string): string {
    const { state, agentDir } = this.#options
    return join(agentDir(agentId) ?? join(state, 'agents', agentId, 'agent'), fileName)
  }

  #read(path: string): AuthProfiles {
    try {
      if (statSync(path).size > MAX_BYTES) throw new RangeError('it is too large')
      return parseAuthProfiles(readFileSync(path, 'utf8'))
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      // Of JSON that does not parse, the message would show a part: it may be a key.
      const why = error instanceof SyntaxError ? 'it is not valid JSON' : message
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#options.log.error({ path }, `${fileName} is not used: ${why}`)
      return noProfiles
    }
  }
}

/** Changes with the file; empty when there is none. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : ''
}
