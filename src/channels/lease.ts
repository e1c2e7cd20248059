import { createHmac, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OsLock, tryLock } from '../instance/os-lock.js'
import type { Instance } from '../instance/types.js'
import { writeAtomic } from '../kernel/atomic-file.js'

/** Who uses a credential. */
export interface Leaseholder {
  readonly profile: string
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly since: string
}

export type Lease =
  | { readonly taken: true; release(): Promise<void> }
  | { readonly taken: false; readonly holder: Leaseholder | undefined }

/**
 * Takes a credential of a channel for this process, on the whole host: two gateways with one bot would each get half of
 * its messages. The lock is the kernel's and ends with the process; its name is a keyed hash that gives nothing away.
 */
export async function takeLease(
  { profile, paths }: Pick<Instance, 'profile' | 'paths'>,
  channel: string,
  credential: string,
): Promise<Lease> {
  const folder = join(paths.home, '.local', 'state', 'openclaw', 'leases')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = createHmac('sha256', await hostKey(join(folder, 'key')))
    .update(`${channel}\0${credential}`)
    .digest('hex')
  const facts = join(folder, `${name.slice(0, 32)}.json`)
  const lock = await tryLock(join(folder, `${name.slice(0, 32)}.lock`))
  if (!lock) return { taken: false, holder: await readHolder(facts) }
  const holder: Leaseholder = { profile, pid: process.pid, since: new Date().toISOString() }
  await writeAtomic(facts, JSON.stringify(holder))
  return { taken: true, release: () => giveBack(lock, facts) }
}

async function giveBack(lock: OsLock, facts: string): Promise<void> {
  await rm(facts, { force: true })
  lock.release()
}

/** Made once per host and user. Whoever comes second takes the first one's. */
async function hostKey(path: string): Promise<Buffer> {
  const known = await readFile(path, 'utf8').catch(() => '')
  if (known !== '') return Buffer.from(known, 'hex')
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, randomBytes(32).toString('hex'), { mode: 0o600 })
  // A link appears whole or not at all.
  await link(draft, path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await rm(draft)
  return Buffer.from(await readFile(path, 'utf8'), 'hex')
}

async function readHolder(path: string): Promise<Leaseholder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
