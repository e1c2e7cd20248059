import type { NodePairRequest, NodeRow } from '../../../schemas/ws/node.js'
import type { CommandContext } from '../context.js'
import { formatDuration } from '../durations.js'
import { table } from '../table.js'

type Context = Pick<CommandContext, 'out' | 't'>

const shownDigits = 12

/** The counts in the words of the official tool, which scripts look for, and the nodes. */
export function nodeLines({ out, t }: Context, nodes: readonly NodeRow[], now: number): string[] {
  const paired = nodes.filter((row) => row.paired).length
  const connected = nodes.filter((row) => row.connected).length
  const counts = `Known: ${nodes.length} · Paired: ${paired} · Connected: ${connected}`
  if (nodes.length === 0) return [counts]
  const head = [t('nodes.column.node'), t('devices.column.name'), t('system.column.platform'), t('nodes.column.state')]
  const rows = nodes.map((row) => nodeCells(row, now, t))
  return [counts, '', ...table(out, [...head, t('devices.column.seen')], rows)]
}

function nodeCells(row: NodeRow, now: number, t: Context['t']): string[] {
  const { nodeId, displayName, platform, approvalState, connected, lastSeenAtMs } = row
  const seen = lastSeenAtMs === undefined ? '-' : formatDuration(Math.max(now - lastSeenAtMs, 0))
  return [
    nodeId.slice(0, shownDigits),
    displayName ?? '-',
    platform,
    approvalState,
    connected ? t('devices.connected') : seen,
  ]
}

/** What waits for approval, and what the approval gives. */
export function nodeRequestLines({ out, t }: Context, pending: readonly NodePairRequest[], now: number): string[] {
  if (pending.length === 0) return [t('nodes.nothingPending')]
  const head = [t('devices.column.request'), t('devices.column.name'), t('system.column.platform')]
  const rows = pending.map(({ requestId, displayName, nodeId, platform, commands, ts }) => [
    requestId,
    displayName ?? nodeId.slice(0, shownDigits),
    platform,
    commands.join(',') || '-',
    formatDuration(Math.max(now - ts, 0)),
  ])
  return table(out, [...head, t('nodes.column.commands'), t('devices.column.age')], rows)
}
