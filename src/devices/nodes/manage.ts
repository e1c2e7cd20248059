import { GatewayError } from '../../kernel/errors.js'
import type { DeviceContext } from '../context.js'
import { mayManage } from '../rules.js'
import { type DeviceRow, hasRole, type Manager } from '../types.js'

const MAX_NAME = 128

/** Gives a node a name of the operator's own. Gives the name as it was kept. @throws GatewayError `not_found` */
export async function renameNode(
  context: DeviceContext,
  nodeId: string,
  displayName: string,
  caller: Manager,
): Promise<string> {
  return context.locks.run(nodeId, async () => {
    await nodeDevice(context, nodeId, caller)
    const name = displayName
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, MAX_NAME)
    if (name === '') throw new GatewayError('invalid_params', { message: 'displayName must hold at least one letter' })
    const none = { caps: [], commands: [], permissions: {} }
    const unknown = { approved: undefined, approvedAt: undefined, connectedAt: undefined, pathEnv: undefined }
    const before = (await context.store.nodes.get(nodeId)) ?? { id: nodeId, declared: none, ...unknown }
    await context.store.nodes.put({ ...before, displayName: name })
    return name
  })
}

/**
 * Ends a device's life as a node: it loses the role with its token and has to pair again; a device without another role
 * is forgotten. @throws GatewayError `not_found`
 */
export async function removeNode(context: DeviceContext, nodeId: string, caller: Manager): Promise<void> {
  await context.locks.run(nodeId, async () => {
    const device = await nodeDevice(context, nodeId, caller)
    const roles = device.roles.filter((role) => role !== 'node')
    if (roles.length === 0) await context.store.devices.remove(nodeId)
    else {
      await context.store.nodes.remove(nodeId)
      await context.store.devices.put({ ...device, roles, tokens: device.tokens.filter(({ role }) => role !== 'node') })
    }
    context.log.info({ nodeId, by: caller.deviceId ?? caller.method }, 'node removed')
    context.bus.emit('device.invalidated', { deviceId: nodeId, role: 'node', reason: 'device removed' })
    context.bus.emit('device.pair.changed', {})
  })
}

async function nodeDevice(context: DeviceContext, nodeId: string, caller: Manager): Promise<DeviceRow> {
  const device = await context.store.devices.get(nodeId)
  if (!device || !hasRole(device, 'node') || !mayManage(caller, nodeId)) throw unknownNode()
  return device
}

/** Official clients look for this text. */
export function unknownNode(): GatewayError {
  return new GatewayError('not_found', { message: 'unknown nodeId' })
}
