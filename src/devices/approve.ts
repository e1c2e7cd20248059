import { isScope } from '../auth/scopes.js'
import type { DeviceContext } from './context.js'
import { unknownRequest, waitingRequest } from './requests.js'
import { checkMayApprove, mayManage } from './rules.js'
import { approvedScopes, joinScopes, tokenOf, tokenScopes, withToken } from './tokens.js'
import type { ApprovedVia, DeviceRow, Manager, PairAsk, PairRequestRow } from './types.js'

/**
 * Lets a waiting device in, with exactly what was asked for under this id. Its tokens keep their value and may do more.
 * @throws GatewayError `not_found`, or `missing_scope` when the caller would give what he does not hold.
 */
export async function approveRequest(context: DeviceContext, requestId: string, caller: Manager): Promise<DeviceRow> {
  const { deviceId } = await waitingRequest(context, requestId, 'device')
  return context.locks.run(deviceId, async () =>
    approveWaiting(context, await waitingRequest(context, requestId, 'device'), caller),
  )
}

/** The same for a request that was looked up under the lock of its device. */
export async function approveWaiting(
  context: DeviceContext,
  request: PairRequestRow,
  caller: Manager,
): Promise<DeviceRow> {
  const { id: requestId, deviceId, role, scopes } = request
  if (!mayManage(caller, deviceId)) throw unknownRequest()
  checkMayApprove(caller, request)
  const before = await context.store.devices.get(deviceId)
  const via = caller.method === 'bootstrap-token' ? 'owner' : 'operator'
  const device = widenToken(approved(context, request, before, via), request)
  await context.store.devices.put(device, [requestId])
  context.log.info({ deviceId, role, scopes, via }, 'device approved')
  context.bus.emit('device.pair.resolved', { requestId, deviceId, decision: 'approved', ts: context.clock.now() })
  context.bus.emit('device.pair.changed', {})
  return device
}

/**
 * Lets a device in that nobody needs to be asked about; `admit/silent.ts` says which. Whatever it had asked for in this
 * role before is settled with it. Call it under the lock of the device.
 */
export async function approveSilently(
  context: DeviceContext,
  ask: PairAsk,
  before: DeviceRow | undefined,
  via: Exclude<ApprovedVia, 'operator' | 'owner'>,
): Promise<DeviceRow> {
  const { deviceId, role, scopes } = ask
  const device = approved(context, ask, before, via)
  const settled = (await context.store.pairRequests.list('device')).filter(
    (row) => row.deviceId === deviceId && row.role === role,
  )
  await context.store.devices.put(
    device,
    settled.map(({ id }) => id),
  )
  context.log.info({ deviceId, role, scopes, via, clientIp: ask.remoteIp }, 'device approved')
  context.bus.emit('device.pair.changed', {})
  return device
}

/** @throws GatewayError `not_found` */
export async function rejectRequest(context: DeviceContext, requestId: string, caller: Manager): Promise<string> {
  const { deviceId } = await waitingRequest(context, requestId, 'device')
  if (!mayManage(caller, deviceId)) throw unknownRequest()
  if ((await context.store.pairRequests.delete([requestId])) === 0) throw unknownRequest()
  context.bus.emit('device.pair.resolved', { requestId, deviceId, decision: 'rejected', ts: context.clock.now() })
  return deviceId
}

type Wish = Pick<PairRequestRow, 'deviceId' | 'publicKey' | 'about' | 'role' | 'scopes'>

/** The device with what it asked for added to what it had. */
function approved(
  { clock }: DeviceContext,
  { deviceId, publicKey, about, role, scopes }: Wish,
  before: DeviceRow | undefined,
  approvedVia: ApprovedVia,
): DeviceRow {
  const now = clock.now()
  const held = before ? approvedScopes(before) : []
  return {
    id: deviceId,
    publicKey,
    about,
    label: before?.label,
    roles: before?.roles.includes(role) ? before.roles : [...(before?.roles ?? []), role],
    scopes: role === 'operator' ? joinScopes(held, scopes.filter(isScope)) : held,
    approvedVia,
    createdAt: before?.createdAt ?? now,
    approvedAt: now,
    seenAt: before?.seenAt,
    seenReason: before?.seenReason,
    tokens: before?.tokens ?? [],
  }
}

function widenToken(device: DeviceRow, { role, scopes }: PairRequestRow): DeviceRow {
  const token = tokenOf(device, role)
  if (!token || role !== 'operator') return device
  return withToken(device, { ...token, scopes: joinScopes(tokenScopes(device, token), scopes.filter(isScope)) })
}
