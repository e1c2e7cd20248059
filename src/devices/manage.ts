import type { DeviceTokenRotated } from '../../schemas/ws/device.js'
import type { Role } from '../auth/caller.js'
import { grantScopes, hasScope, isScope } from '../auth/scopes.js'
import type { Scope } from '../auth/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { DeviceContext } from './context.js'
import type { DeviceInvalidated } from './events.js'
import { mayManage } from './rules.js'
import { approvedScopes, tokenScopes, withToken } from './tokens.js'
import type { DeviceRow, Manager } from './types.js'

const MAX_LABEL = 64

/** Forgets a device: it has to pair again, its tokens are dead, its sockets go. @throws GatewayError `not_found` */
export async function removeDevice(context: DeviceContext, deviceId: string, caller: Manager): Promise<void> {
  await context.locks.run(deviceId, async () => {
    if (!mayManage(caller, deviceId) || !(await context.store.devices.remove(deviceId))) throw unknownDevice()
    context.log.info({ deviceId, by: caller.deviceId ?? caller.method }, 'device removed')
    invalidate(context, { deviceId, reason: 'device removed' })
    context.bus.emit('device.pair.changed', {})
  })
}

/** Gives a device a name of the operator's own. Gives the name as it was kept. @throws GatewayError `not_found` */
export async function renameDevice(
  context: DeviceContext,
  deviceId: string,
  label: string,
  caller: Manager,
): Promise<string> {
  return context.locks.run(deviceId, async () => {
    const device = await context.store.devices.get(deviceId)
    if (!device || !mayManage(caller, deviceId)) throw unknownDevice()
    const name = label
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, MAX_LABEL)
    if (name === '') throw new GatewayError('invalid_params', { message: 'label must hold at least one letter' })
    await context.store.devices.put({ ...device, label: name })
    context.bus.emit('device.pair.changed', {})
    return name
  })
}

/**
 * Ends the token of a role and makes another, with the same scopes or with those that are named. Nobody can make a
 * token that may do more than the device was approved for, or than he may himself. The new token is told only to the
 * device that proved to hold the old one; all others get it when they connect with the shared secret.
 * A device whose token was revoked cannot help itself to a new one.
 * @throws GatewayError `token_denied`
 */
export async function rotateToken(
  context: DeviceContext,
  { deviceId, role, scopes }: { readonly deviceId: string; readonly role: string; readonly scopes?: readonly string[] },
  caller: Manager,
): Promise<DeviceTokenRotated> {
  return context.locks.run(deviceId, async () => {
    const { mint } = await context.keys()
    const device = await context.store.devices.get(deviceId)
    const granted = device && mayManage(caller, deviceId) ? rotatedScopes(device, role, scopes, caller) : undefined
    const had = device?.tokens.find((row) => row.role === role)
    const own = caller.method === 'device-token' && caller.deviceId === deviceId
    if (!device || !granted || (own && had?.revokedAt !== undefined)) {
      throw new GatewayError('token_denied', { message: 'device token rotation denied' })
    }
    const now = context.clock.now()
    const row = {
      role,
      scopes: granted,
      ...mint.fresh(deviceId, role),
      generation: had?.generation,
      createdAt: had?.createdAt ?? now,
      rotatedAt: now,
      revokedAt: undefined,
      usedAt: undefined,
    }
    await context.store.devices.put(withToken(device, row))
    context.log.info({ deviceId, role, scopes: granted, by: caller.deviceId ?? caller.method }, 'device token rotated')
    invalidate(context, { deviceId, role: role as Role, reason: 'device token rotated' })
    const delivery =
      own && role === 'operator'
        ? { tokenDelivery: 'in-band' as const, token: mint.make(deviceId, role, row.salt) }
        : { tokenDelivery: 'withheld-cross-device' as const }
    return { deviceId, role, scopes: [...granted], rotatedAtMs: now, ...delivery }
  })
}

/** Ends the token of a role; the device stays paired. @throws GatewayError `token_denied` */
export async function revokeToken(
  context: DeviceContext,
  deviceId: string,
  role: string,
  caller: Manager,
): Promise<number> {
  return context.locks.run(deviceId, async () => {
    const device = await context.store.devices.get(deviceId)
    const row = device && mayManage(caller, deviceId) ? device.tokens.find((own) => own.role === role) : undefined
    if (!device || !row) throw new GatewayError('token_denied', { message: 'device token revocation denied' })
    const revokedAt = row.revokedAt ?? context.clock.now()
    await context.store.devices.put(withToken(device, { ...row, revokedAt }))
    context.log.info({ deviceId, role, by: caller.deviceId ?? caller.method }, 'device token revoked')
    invalidate(context, { deviceId, role: role as Role, reason: 'device token revoked' })
    return revokedAt
  })
}

/** Undefined when the caller may not have such a token made. */
function rotatedScopes(
  device: DeviceRow,
  role: string,
  asked: readonly string[] | undefined,
  caller: Manager,
): readonly Scope[] | undefined {
  if (!device.roles.includes(role)) return undefined
  if (role !== 'operator') {
    const may = hasScope(caller.scopes, 'operator.admin') || caller.deviceId === device.id
    return may && (asked ?? []).length === 0 ? [] : undefined
  }
  const token = device.tokens.find((row) => row.role === role)
  const wanted = asked ?? (token ? tokenScopes(device, token) : approvedScopes(device))
  const known = wanted.filter(isScope)
  const granted = grantScopes(known, caller.scopes, approvedScopes(device))
  return known.length === wanted.length && granted.length === new Set(known).size ? granted : undefined
}

function invalidate({ bus }: DeviceContext, event: DeviceInvalidated): void {
  bus.emit('device.invalidated', event)
}

function unknownDevice(): GatewayError {
  return new GatewayError('not_found', { message: 'unknown deviceId' })
}
