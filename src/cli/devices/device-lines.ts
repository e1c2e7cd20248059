import type { Static } from '../../../schemas/type.js'
import type { DevicePairList, DevicePairRequested, PairedDevice } from '../../../schemas/ws/device.js'
import type { CommandContext } from '../context.js'
import { formatDuration } from '../durations.js'
import { table } from '../table.js'
import { deviceName } from './find-device.js'

type Context = Pick<CommandContext, 'out' | 't'>

/** Ids are 64 digits of hex; these tell the devices of one gateway apart, and every command takes them. */
const shownDigits = 12

/** Requests that wait, the newest first. */
export function pendingLines({ out, t }: Context, pending: readonly DevicePairRequested[], now: number): string[] {
  const head = [t('devices.column.request'), t('devices.column.name'), t('devices.column.role')]
  const rows = [...pending].sort((a, b) => b.ts - a.ts).map((request) => pendingCells(request, now))
  return table(out, [...head, t('devices.column.scopes'), t('devices.column.address'), t('devices.column.age')], rows)
}

function pendingCells(request: DevicePairRequested, now: number): string[] {
  const { requestId, displayName, clientId, deviceId, role, scopes = [], remoteIp, ts } = request
  const name = displayName ?? clientId ?? deviceId.slice(0, shownDigits)
  const age = formatDuration(Math.max(now - ts, 0))
  return [requestId, name, role ?? '-', scopes.join(',') || '-', remoteIp ?? '-', age]
}

export function deviceLines(context: Context, list: Static<typeof DevicePairList>, now: number): string[] {
  const { out, t } = context
  const { pending, paired } = list
  if (pending.length === 0 && paired.length === 0) return [t('devices.none')]
  const head = [t('devices.column.device'), t('devices.column.name'), t('devices.column.role')]
  const rows = paired.map((device) => pairedCells(device, now, t))
  return [
    ...(pending.length > 0 ? [t('devices.pending'), ...pendingLines(context, pending, now)] : []),
    ...(pending.length > 0 && paired.length > 0 ? [''] : []),
    ...(paired.length > 0
      ? [t('devices.paired'), ...table(out, [...head, t('devices.column.scopes'), t('devices.column.seen')], rows)]
      : []),
  ]
}

function pairedCells(device: PairedDevice, now: number, t: Context['t']): string[] {
  const { deviceId, roles, scopes, connected, lastSeenAtMs } = device
  const seen = lastSeenAtMs === undefined ? '-' : formatDuration(Math.max(now - lastSeenAtMs, 0))
  const state = connected ? t('devices.connected') : seen
  return [deviceId.slice(0, shownDigits), deviceName(device), roles.join(','), scopes.join(',') || '-', state]
}
