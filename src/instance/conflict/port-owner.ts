import { readdirSync, readlinkSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { readTcpTable } from '../tcp-table.js'

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number
  /** Name of its program, as the kernel has it. */
  readonly command: string
}

const listening = '0A'
/** Looking through /proc stops here, where nobody grants more: the name is a help, not a need. */
export const searchLimitMs = 60

/**
 * Finds who listens on a TCP port, on Linux and as far as this user may see. `first` are pids to look at before all
 * others. Undefined when it cannot be known. Never rejects.
 */
export async function portOwner(
  port: number,
  first: readonly number[] = [],
  limitMs = searchLimitMs,
): Promise<PortOwner | undefined> {
  const end = performance.now() + limitMs
  const sockets = await listeningSockets(port)
  if (sockets.size === 0) return undefined
  for (const pid of first) if (hasSocket(pid, sockets)) return { pid, command: await commandOf(pid) }
  for (const pid of await pids()) {
    if (performance.now() > end) return undefined
    if (hasSocket(pid, sockets)) return { pid, command: await commandOf(pid) }
  }
  return undefined
}

/** True when the process has a socket that listens on the port; undefined when that cannot be known here. */
export async function ownsPort(pid: number, port: number): Promise<boolean | undefined> {
  const sockets = await listeningSockets(port)
  return sockets.size === 0 ? undefined : hasSocket(pid, sockets)
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const rows = (await readTcpTable()) ?? []
  const found = rows.filter((row) => row.localPort === port && row.state === listening)
  return new Set(found.map(({ inode }) => `socket:[${inode}]`))
}

/** Synchronous on purpose: thousands of small reads through the thread pool take ten times as long. */
function hasSocket(pid: number, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`
  return attempt(() => readdirSync(folder), []).some((name) =>
    sockets.has(attempt(() => readlinkSync(`${folder}/${name}`), '')),
  )
}

/** Processes of other users cannot be read, and any process may end meanwhile. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

async function pids(): Promise<number[]> {
  const names = await readdir('/proc').catch((): string[] => [])
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

async function commandOf(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  // It goes to a terminal: printable characters only.
  return name.trim().replace(/[^\x20-\x7e]/g, '?') || 'unknown'
}
