import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { InstancePaths } from '../../instance/types.js'
import { writeAtomic } from '../../kernel/atomic-file.js'

/** What `tunnel run` says of itself; a reader treats it as a hint. */
export interface TunnelRecord {
  readonly pid: number
  readonly state: 'connecting' | 'up' | 'waiting'
  readonly localPort: number
  readonly remotePort: number
  readonly target: string
  /** ISO 8601, UTC. */
  readonly since: string
  /** How often it had to begin anew. */
  readonly restarts: number
  /** Why it waits. */
  readonly why?: string
}

const fileOf = ({ runFile }: Pick<InstancePaths, 'runFile'>): string => join(dirname(runFile), 'ssh-tunnel.json')

/** Writes the record (0600). */
export async function writeTunnelRecord(paths: Pick<InstancePaths, 'runFile'>, record: TunnelRecord): Promise<void> {
  await writeAtomic(fileOf(paths), `${JSON.stringify(record, null, 2)}\n`)
}

/** Undefined when no `tunnel run` of this profile is alive. Never throws. */
export async function readTunnelRecord(paths: Pick<InstancePaths, 'runFile'>): Promise<TunnelRecord | undefined> {
  try {
    const record: TunnelRecord = JSON.parse(await readFile(fileOf(paths), 'utf8'))
    process.kill(record.pid, 0)
    return record
  } catch {
    return undefined
  }
}

export async function removeTunnelRecord(paths: Pick<InstancePaths, 'runFile'>): Promise<void> {
  await rm(fileOf(paths), { force: true })
}
