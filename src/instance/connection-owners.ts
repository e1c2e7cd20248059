import { readTcpTable, type TcpRow } from './tcp-table.js'

/** A socket that its program has closed no longer has a user, so the kernel shows root. */
const established = '01'

/**
 * Users who own the other end of an open connection between two programs of this machine, given the ports as our end
 * sees them. Several when more than one loopback address is used with the same ports; none when the other end is
 * closed or lives in another network namespace; undefined where the system does not tell (not Linux).
 */
export async function connectionOwners(
  ports: { readonly remote: number; readonly local: number },
  table: () => Promise<readonly TcpRow[] | undefined> = readTcpTable,
): Promise<readonly number[] | undefined> {
  const rows = await table()
  return rows
    ?.filter((row) => row.localPort === ports.remote && row.remotePort === ports.local && row.state === established)
    .map(({ uid }) => uid)
}
