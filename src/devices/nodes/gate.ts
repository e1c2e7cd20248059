import type { NodePairRequest } from '../../../schemas/ws/node.js'
import { approveWaiting } from '../approve.js'
import type { DeviceContext } from '../context.js'
import { fileRequest, unknownRequest, waitingRequest, waitingRequests } from '../requests.js'
import { mayManage, requireScopes } from '../rules.js'
import type { DeviceRow, Manager, NodeRecord, NodeSurface, PairAsk, PairRequestRow } from '../types.js'
import { hasRole } from '../types.js'
import { allowedCommands, type CommandLists, isWider, scopesToApprove } from './policy.js'

/**
 * The second gate of a node: what it brings must be approved, apart from the node itself. Does not expire, and is asked
 * for again only when the node brings more (spec/runtime.md 8.1). While the device itself waits for approval, both can
 * be approved in one step (`nodes approve`), and the wish ends with that of the device. Call it under the lock of the
 * device. Gives the id of the request when one is open.
 */
export async function declareNode(
  context: DeviceContext,
  ask: PairAsk & { readonly surface: NodeSurface },
  { device, lists, pathEnv }: { device: DeviceRow | undefined; lists: CommandLists | undefined; pathEnv?: string },
): Promise<string | undefined> {
  const before = await context.store.nodes.get(ask.deviceId)
  const paired = device !== undefined && hasRole(device, 'node')
  const commands = allowedCommands(ask.surface.commands, ask.about, lists)
  const wanted = { ...ask.surface, commands }
  const open = isWider(wanted, before?.approved)
    ? await fileRequest(context, {
        kind: 'node',
        ask: { ...ask, surface: wanted },
        repair: before?.approved !== undefined,
        expires: !paired,
      })
    : undefined
  if (paired) {
    const known = before ?? { id: ask.deviceId, displayName: undefined, approved: undefined, approvedAt: undefined }
    await context.store.nodes.put({ ...known, declared: ask.surface, connectedAt: context.clock.now(), pathEnv })
  }
  if (open?.fresh) context.bus.emit('node.pair.requested', shownNodeRequest(open.row, paired))
  return open?.row.id
}

/**
 * Approves what a node brings, and the node itself where that is still open.
 * @throws GatewayError `not_found` or `missing_scope`
 */
export async function approveNode(context: DeviceContext, requestId: string, caller: Manager): Promise<string> {
  const { deviceId } = await waitingRequest(context, requestId, 'node')
  return context.locks.run(deviceId, async () => {
    const request = await waitingRequest(context, requestId, 'node')
    const surface = request.surface ?? { caps: [], commands: [], permissions: {} }
    if (!mayManage(caller, deviceId)) throw unknownRequest()
    const device = await context.store.devices.get(deviceId)
    const paired = device !== undefined && hasRole(device, 'node')
    requireScopes(caller.scopes, requiredScopes(surface, paired))
    if (!paired) await approveItsDevice(context, deviceId, caller)
    const before = await context.store.nodes.get(deviceId)
    const now = context.clock.now()
    const row: NodeRecord = {
      id: deviceId,
      displayName: before?.displayName,
      declared: before?.declared ?? surface,
      approved: join(before?.approved, surface),
      approvedAt: now,
      connectedAt: before?.connectedAt,
      pathEnv: before?.pathEnv,
    }
    await context.store.nodes.put(row, [requestId])
    context.log.info({ nodeId: deviceId, commands: surface.commands }, 'node approved')
    context.bus.emit('node.pair.resolved', { requestId, nodeId: deviceId, decision: 'approved', ts: now })
    return deviceId
  })
}

/** @throws GatewayError `not_found` */
export async function rejectNode(context: DeviceContext, requestId: string, caller: Manager): Promise<string> {
  const { deviceId } = await waitingRequest(context, requestId, 'node')
  if (!mayManage(caller, deviceId)) throw unknownRequest()
  if ((await context.store.pairRequests.delete([requestId])) === 0) throw unknownRequest()
  const ts = context.clock.now()
  context.bus.emit('node.pair.resolved', { requestId, nodeId: deviceId, decision: 'rejected', ts })
  return deviceId
}

/** A request as it is shown and announced. `paired`: the device itself was approved as a node. */
export function shownNodeRequest(row: PairRequestRow, paired: boolean): NodePairRequest {
  const { id: requestId, deviceId: nodeId, about, surface, at: ts } = row
  const { clientId, clientMode, displayName, platform, version, deviceFamily } = about
  return {
    requestId,
    nodeId,
    clientId,
    clientMode,
    ...(displayName !== undefined && { displayName }),
    platform,
    version,
    ...(deviceFamily !== undefined && { deviceFamily }),
    caps: [...(surface?.caps ?? [])],
    commands: [...(surface?.commands ?? [])],
    requiredApproveScopes: [...requiredScopes(surface, paired)],
    silent: false,
    ts,
  }
}

function requiredScopes(surface: NodeSurface | undefined, paired: boolean) {
  // Approving a device for another role than operator takes an admin.
  return paired ? scopesToApprove(surface?.commands ?? []) : (['operator.pairing', 'operator.admin'] as const)
}

async function approveItsDevice(context: DeviceContext, deviceId: string, caller: Manager): Promise<void> {
  const waiting = await waitingRequests(context, 'device')
  const request = waiting.find((row) => row.deviceId === deviceId && row.role === 'node')
  if (!request) throw unknownRequest()
  await approveWaiting(context, request, caller)
}

function join(a: NodeSurface | undefined, b: NodeSurface): NodeSurface {
  return {
    caps: [...new Set([...(a?.caps ?? []), ...b.caps])],
    commands: [...new Set([...(a?.commands ?? []), ...b.commands])],
    permissions: { ...a?.permissions, ...b.permissions },
  }
}
