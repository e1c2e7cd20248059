import type { NodePairRequest, NodeRow } from '../../../schemas/ws/node.js'
import type { DeviceContext } from '../context.js'
import { waitingRequests } from '../requests.js'
import { mayManage } from '../rules.js'
import { type DeviceRow, hasRole, type Manager } from '../types.js'
import { approveNode, rejectNode, shownNodeRequest } from './gate.js'
import { NodeLive } from './live.js'
import { removeNode, renameNode, unknownNode } from './manage.js'
import type { CommandLists } from './policy.js'
import { isApproved, shownNode } from './view.js'

/** The nodes of one gateway. Everything that names one throws `not_found` for a device that is none. */
export interface Nodes {
  /** What connected nodes have told. */
  readonly live: NodeLive
  list(): Promise<NodeRow[]>
  describe(nodeId: string): Promise<NodeRow>
  /** Whose offer waits, and who is paired; a caller bound to its device sees only that. */
  pairing(caller: Manager): Promise<{ pending: NodePairRequest[]; paired: NodeRow[] }>
  approve(requestId: string, caller: Manager): Promise<NodeRow>
  /** Gives the node's id. */
  reject(requestId: string, caller: Manager): Promise<string>
  rename(nodeId: string, displayName: string, caller: Manager): Promise<string>
  remove(nodeId: string, caller: Manager): Promise<void>
  /** True when nothing that the node brings waits for approval. */
  approved(nodeId: string): Promise<boolean>
}

export function createNodes(context: DeviceContext, lists: () => CommandLists | undefined): Nodes {
  const { store, connected } = context
  const live = new NodeLive()
  const show = async (devices: readonly DeviceRow[]): Promise<NodeRow[]> => {
    const [records, waiting] = await Promise.all([store.nodes.list(), waitingRequests(context, 'node')])
    const byId = new Map(records.map((record) => [record.id, record]))
    const pending = new Map(waiting.map(({ deviceId, id }) => [deviceId, id]))
    return devices.map((device) =>
      shownNode(device, {
        record: byId.get(device.id),
        told: live.get(device.id),
        pendingRequestId: pending.get(device.id),
        lists: lists(),
        connected,
      }),
    )
  }
  const all = async () => (await store.devices.list()).filter((device) => hasRole(device, 'node'))
  const describe = async (nodeId: string): Promise<NodeRow> => {
    const device = await store.devices.get(nodeId)
    const [row] = device && hasRole(device, 'node') ? await show([device]) : []
    if (!row) throw unknownNode()
    return row
  }
  return {
    live,
    list: async () => show(await all()),
    describe,
    async pairing(caller) {
      const devices = await all()
      const paired = new Set(devices.map(({ id }) => id))
      const waiting = (await waitingRequests(context, 'node')).filter(({ deviceId }) => mayManage(caller, deviceId))
      return {
        pending: waiting.map((row) => shownNodeRequest(row, paired.has(row.deviceId))),
        paired: await show(devices.filter(({ id }) => mayManage(caller, id))),
      }
    },
    approve: async (requestId, caller) => describe(await approveNode(context, requestId, caller)),
    reject: (requestId, caller) => rejectNode(context, requestId, caller),
    rename: (nodeId, displayName, caller) => renameNode(context, nodeId, displayName, caller),
    remove: (nodeId, caller) => removeNode(context, nodeId, caller),
    async approved(nodeId) {
      const [device, record] = await Promise.all([store.devices.get(nodeId), store.nodes.get(nodeId)])
      return device !== undefined && isApproved(device, record, lists())
    },
  }
}
