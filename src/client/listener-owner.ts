import { stat } from 'node:fs/promises'
import { readTcpTable } from '../instance/tcp-table.js'
import { unreachable } from './failures.js'
import type { FoundGateway } from './open.js'

const listening = '0A'
const root = 0

type Asked = Pick<FoundGateway, 'target' | 'record' | 'instance'>

/**
 * A gateway that was killed leaves its run-file, and any user of the machine can take its port and wait for the token.
 * Where the kernel says who listens (Linux), that must be the owner of the state directory, this user or root, who can
 * read the token anyway. Throws `gateway_unreachable` (other_user).
 */
export async function checkListener({ target, record, instance }: Asked, table = readTcpTable): Promise<void> {
  if (target.source !== 'local' || !record) return
  const rows = (await table()) ?? []
  const owners = rows.filter((row) => row.state === listening && row.localPort === record.port).map(({ uid }) => uid)
  if (owners.length === 0) return
  const { uid } = await stat(instance.paths.state)
  const trusted: readonly unknown[] = [root, uid, process.getuid?.()]
  // On another address of the machine somebody else may have the same port.
  if (owners.some((owner) => trusted.includes(owner))) return
  throw unreachable('other_user', target.display, String(owners[0]))
}
