import type { Nodes } from '../../src/devices/nodes/nodes.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Caller } from '../../src/live/caller.js'

/** The node that calls: nobody has the role without a device. */
export function nodeOf({ deviceId }: Caller): string {
  if (deviceId === undefined) throw new GatewayError('unauthorized_role', { message: 'a node has a device identity' })
  return deviceId
}

/** A node whose offer waits for approval is told to wait as well; it asks again by itself. */
export async function requireApproved(nodes: Nodes, nodeId: string): Promise<void> {
  if (await nodes.approved(nodeId)) return
  throw new GatewayError('node_unapproved', {
    message: `node capability surface is awaiting operator approval; run \`openclaw nodes pending\` and \`openclaw nodes approve <id>\` on the gateway`,
  })
}
