import type { Clock } from '../kernel/clock.js'
import { randomId } from '../kernel/random-id.js'
import type { GrantRow, GrantStore } from '../storage/types.js'
import { exactText, filesOf } from './identity.js'
import { hashOf } from './shell/executable.js'
import type { Step } from './shell/steps.js'

/** Folders that only the system's own updates write to: programs there may change without asking anybody again. */
const systemFolders = /^\/(?:usr|bin|sbin|lib|lib64|opt|nix\/store|snap|System|Applications|Library)\//
const dayMs = 86_400_000

export interface GrantRequest {
  readonly approvalId: string
  readonly agent: string
  readonly command: string
  readonly cwd: string
  readonly steps: readonly Step[]
  /** `tools.exec.grantExpiryDays`; undefined: for good. */
  readonly days: number | undefined
}

/** "Always" as people mean it: exactly these words, in this folder, with these scripts as they were. */
export class Grants {
  readonly #store: GrantStore
  readonly #clock: Clock

  constructor(store: GrantStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  async add({ approvalId, agent, command, cwd, steps, days }: GrantRequest): Promise<void> {
    const createdAt = this.#clock.now()
    await this.#store.put({
      id: randomId(),
      approvalId,
      agent,
      exact: exactText(steps, cwd),
      command,
      cwd,
      files: await hashes(steps, cwd),
      createdAt,
      expiresAt: days === undefined ? undefined : createdAt + days * dayMs,
      revokedAt: undefined,
      revokedBy: undefined,
      usedAt: undefined,
      uses: 0,
    })
  }

  /** True when the agent may run this; notes the use. A script that has changed since needs a new approval. */
  async covers(agent: string, steps: readonly Step[], cwd: string): Promise<boolean> {
    const now = this.#clock.now()
    const grant = await this.#store.find(agent, exactText(steps, cwd), now)
    if (!grant) return false
    const files = await hashes(steps, cwd)
    if (JSON.stringify(files) !== JSON.stringify(grant.files)) return false
    await this.#store.used(grant.id, now)
    return true
  }

  list(limit: number): Promise<GrantRow[]> {
    return this.#store.list(limit)
  }

  async revoke(id: string, by: string): Promise<'revoked' | 'already-revoked' | 'not-found'> {
    if (await this.#store.revoke(id, this.#clock.now(), by)) return 'revoked'
    return (await this.#store.get(id)) ? 'already-revoked' : 'not-found'
  }
}

async function hashes(steps: readonly Step[], cwd: string): Promise<Record<string, string>> {
  const paths = [...filesOf(steps, cwd).keys()].filter((path) => !systemFolders.test(path)).sort()
  const found = await Promise.all(paths.map(async (path) => [path, (await hashOf(path)) ?? ''] as const))
  return Object.fromEntries(found)
}
