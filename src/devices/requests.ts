import type { DevicePairRequested } from '../../schemas/ws/device.js'
import { limiterKey } from '../auth/canonical-ip.js'
import { GatewayError } from '../kernel/errors.js'
import { randomId } from '../kernel/random-id.js'
import type { DeviceContext } from './context.js'
import type { PairAsk, PairRequestRow } from './types.js'

/** How long a device waits for approval before it has to ask again, in milliseconds. */
export const REQUEST_TTL_MS = 300_000
/** Requests that wait at once, in all and from one client address; a new one pushes out the oldest. */
const MAX_WAITING = 256
const MAX_WAITING_PER_CLIENT = 16

/** A wish as it is filed; a node's wish is about what it brings (`surface`). */
export interface Wish {
  readonly kind: PairRequestRow['kind']
  readonly ask: PairAsk
  readonly repair: boolean
  /** False: it waits for ever. */
  readonly expires: boolean
}

/**
 * Puts a wish on disk and gives it; only then may the device be refused, so that whoever is told a request id finds it
 * (PAINS 34). The same wish keeps its id and waits anew. A different one gets a new id: what somebody looked at is what
 * he approves. `fresh` says that it is new. Call it under the lock of the device.
 */
export async function fileRequest(
  { store, clock, bus }: DeviceContext,
  { kind, ask, repair, expires }: Wish,
): Promise<{ readonly row: PairRequestRow; readonly fresh: boolean }> {
  const now = clock.now()
  const all = await store.pairRequests.list(kind)
  const own = all.filter(({ deviceId, role }) => deviceId === ask.deviceId && role === ask.role)
  const expiresAt = expires ? now + REQUEST_TTL_MS : undefined
  const known = own.find((row) => isWaiting(row, now) && isSameWish(row, ask))
  if (known) {
    const again = { ...known, expiresAt }
    await store.pairRequests.put(again)
    return { row: again, fresh: false }
  }
  const row: PairRequestRow = { id: randomId(), kind, ...ask, repair, at: now, expiresAt }
  const others = all.filter((other) => !own.includes(other))
  const over = others.filter((other) => !isWaiting(other, now))
  const dropped = [...own, ...over, ...inExcess(others, now, ask.remoteIp)]
  await store.pairRequests.put(
    row,
    dropped.map(({ id }) => id),
  )
  if (dropped.length > 0) bus.emit('device.pair.changed', {})
  return { row, fresh: true }
}

/** Files the wish of a device to come in, and tells the operators of it when it is new. */
export async function askToPair(context: DeviceContext, ask: PairAsk, repair: boolean): Promise<PairRequestRow> {
  const wish: Wish = { kind: 'device', ask: { ...ask, surface: undefined }, repair, expires: true }
  const { row, fresh } = await fileRequest(context, wish)
  if (fresh) {
    const { id: requestId, deviceId, role, scopes, remoteIp: clientIp } = row
    context.log.info({ requestId, deviceId, role, scopes, clientIp }, 'a device waits for approval')
    context.bus.emit('device.pair.requested', shownRequest(row))
  }
  return row
}

/** Requests that can still be approved, the newest first. */
export async function waitingRequests(
  { store, clock }: DeviceContext,
  kind: PairRequestRow['kind'],
): Promise<PairRequestRow[]> {
  const now = clock.now()
  return (await store.pairRequests.list(kind)).filter((row) => isWaiting(row, now))
}

/** @throws GatewayError `not_found` when nobody waits under this id (any more). */
export async function waitingRequest(
  { store, clock }: DeviceContext,
  id: string,
  kind: PairRequestRow['kind'],
): Promise<PairRequestRow> {
  const row = await store.pairRequests.get(id)
  if (!row || row.kind !== kind || !isWaiting(row, clock.now())) throw unknownRequest()
  return row
}

/** Official clients look for this text. */
export function unknownRequest(): GatewayError {
  return new GatewayError('not_found', { message: 'unknown requestId' })
}

/** A request as it is shown and announced. */
export function shownRequest(row: PairRequestRow): DevicePairRequested {
  const { id: requestId, deviceId, publicKey, about, role, scopes, browserOrigin, remoteIp, repair, at: ts } = row
  const { displayName, platform, deviceFamily, clientId, clientMode } = about
  return {
    requestId,
    deviceId,
    publicKey,
    ...(displayName !== undefined && { displayName }),
    platform,
    ...(deviceFamily !== undefined && { deviceFamily }),
    clientId,
    clientMode,
    ...(browserOrigin !== undefined && { browserOrigin }),
    role,
    roles: [role],
    scopes: [...scopes],
    ...(remoteIp !== undefined && { remoteIp }),
    silent: false,
    isRepair: repair,
    ts,
  }
}

function isWaiting({ expiresAt }: PairRequestRow, now: number): boolean {
  return expiresAt === undefined || expiresAt > now
}

function isSameWish(row: PairRequestRow, { publicKey, scopes, about, surface, browserOrigin }: PairAsk): boolean {
  const wish = (of: Pick<PairAsk, 'publicKey' | 'about' | 'surface' | 'browserOrigin'>, asked: readonly string[]) =>
    JSON.stringify([of.publicKey, [...asked].sort(), Object.entries(of.about).sort(), of.surface, of.browserOrigin])
  return wish(row, row.scopes) === wish({ publicKey, about, surface, browserOrigin }, scopes)
}

/** The oldest of those that are too many: of one client first, so that one cannot push out all others. */
function inExcess(rows: readonly PairRequestRow[], now: number, remoteIp: string | undefined): PairRequestRow[] {
  const waiting = rows.filter((row) => row.expiresAt !== undefined && isWaiting(row, now))
  const client = remoteIp && limiterKey(remoteIp)
  const same = waiting.filter((row) => row.remoteIp && limiterKey(row.remoteIp) === client)
  return [...same.slice(MAX_WAITING_PER_CLIENT - 1), ...waiting.slice(MAX_WAITING - 1)]
}
