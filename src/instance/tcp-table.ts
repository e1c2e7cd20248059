import { readFile } from 'node:fs/promises'

/** One TCP socket of this machine. */
export interface TcpRow {
  readonly localPort: number
  readonly remotePort: number
  /** Hexadecimal, as the kernel writes it: `01` established, `0A` listening. */
  readonly state: string
  readonly uid: number
  readonly inode: string
}

/**
 * The kernel's table of TCP sockets: addresses, state, user and inode are columns 1, 2, 3, 7 and 9 (proc(5)). Undefined
 * where there is none that can be read; never rejects.
 */
export async function readTcpTable(): Promise<readonly TcpRow[] | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => undefined)),
  )
  if (tables.every((table) => table === undefined)) return undefined
  // The first line names the columns.
  return tables.flatMap((table) => (table ?? '').trim().split('\n').slice(1).map(readRow))
}

function readRow(line: string): TcpRow {
  const [, local = '', remote = '', state = '', , , , uid = '', , inode = ''] = line.trim().split(/\s+/)
  return { localPort: portOf(local), remotePort: portOf(remote), state, uid: Number(uid), inode }
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16)
}
