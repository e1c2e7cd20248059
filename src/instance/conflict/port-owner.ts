import { readdir, readFile, readlink } from 'node:fs/promises'

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number
  /** Name of its program, as the kernel has it. */
  readonly command: string
}

const listening = '0A'
/** Looking through /proc stops here: the name is a help, not a need. */
const searchLimitMs = 60

/**
 * Finds who listens on a TCP port, on Linux and as far as this user may see. `first` are pids to look at before all
 * others. Undefined when it cannot be known. Never rejects.
 */
export async function portOwner(port: number, first: readonly number[] = []): Promise<PortOwner | undefined> {
  const sockets = await listeningSockets(port)
  if (sockets.size === 0) return undefined
  const end = performance.now() + searchLimitMs
  for (const pid of new Set([...first, ...(await pids())])) {
    if (performance.now() > end) return undefined
    if (await hasSocket(pid, sockets)) return { pid, command: await commandOf(pid) }
  }
  return undefined
}

/** True when the process has a socket that listens on the port; undefined when that cannot be known here. */
export async function ownsPort(pid: number, port: number): Promise<boolean | undefined> {
  const sockets = await listeningSockets(port)
  return sockets.size === 0 ? undefined : hasSocket(pid, sockets)
}

/** The kernel's table has one line for each socket: local address, state and inode are columns 1, 3 and 9 (proc(5)). */
async function listeningSockets(port: number): Promise<Set<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  const rows = tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const found = rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === listening)
  return new Set(found.map((row) => `socket:[${row[9]}]`))
}

async function hasSocket(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const names = await readdir(`/proc/${pid}/fd`).catch((): string[] => [])
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return links.some((link) => sockets.has(link))
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
