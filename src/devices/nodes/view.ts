import type { NodeRow } from '../../../schemas/ws/node.js'
import { type Connected, type DeviceRow, hasRole, type NodeRecord } from '../types.js'
import type { NodeTold } from './live.js'
import { allowedCommands, type CommandLists, isWider } from './policy.js'

export interface NodeFacts {
  readonly record: NodeRecord | undefined
  readonly told: NodeTold
  /** Of the open request about it. */
  readonly pendingRequestId: string | undefined
  readonly lists: CommandLists | undefined
  readonly connected: Connected
}

/** What may be used of a node now: declared, approved, and let through by the config. */
export function effectiveCommands(device: DeviceRow, record: NodeRecord | undefined, lists?: CommandLists): string[] {
  const approved = record?.approved?.commands ?? []
  const both = (record?.declared.commands ?? []).filter((name) => approved.includes(name))
  return allowedCommands(both, device.about, lists)
}

/** True when nothing that the node brings waits for approval. */
export function isApproved(device: DeviceRow, record: NodeRecord | undefined, lists?: CommandLists): boolean {
  if (!record?.approved) return false
  const commands = allowedCommands(record.declared.commands, device.about, lists)
  return !isWider({ ...record.declared, commands }, record.approved)
}

/** A node as operators see it. */
export function shownNode(device: DeviceRow, facts: NodeFacts): NodeRow {
  const { record, told, pendingRequestId, lists, connected } = facts
  const { about, label, seenAt, seenReason } = device
  const displayName = record?.displayName ?? label ?? about.displayName
  const isConnected = connected(device.id, 'node')
  const at = record?.connectedAt
  return {
    nodeId: device.id,
    ...(displayName !== undefined && { displayName }),
    platform: about.platform,
    version: about.version,
    clientId: about.clientId,
    clientMode: about.clientMode,
    ...(about.deviceFamily !== undefined && { deviceFamily: about.deviceFamily }),
    caps: (record?.declared.caps ?? []).filter((cap) => record?.approved?.caps.includes(cap)),
    commands: effectiveCommands(device, record, lists),
    ...(told.tools && { nodePluginTools: [...told.tools] }),
    ...(record?.pathEnv !== undefined && { pathEnv: record.pathEnv }),
    ...(told.hostStats !== undefined && { hostStats: told.hostStats }),
    approvalState: isApproved(device, record, lists)
      ? 'approved'
      : pendingRequestId === undefined
        ? 'unapproved'
        : 'pending-approval',
    ...(pendingRequestId !== undefined && { pendingRequestId }),
    ...(isConnected && at !== undefined && { connectedAtMs: at }),
    ...(at !== undefined && { lastConnectedAtMs: at }),
    ...(seenAt !== undefined && { lastSeenAtMs: seenAt }),
    ...(seenReason !== undefined && { lastSeenReason: seenReason }),
    ...(record?.approvedAt !== undefined && { approvedAtMs: record.approvedAt }),
    paired: hasRole(device, 'node'),
    connected: isConnected,
  }
}
