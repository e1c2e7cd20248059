import type { DeviceAbout, DeviceRow, DeviceTokenRow, NodeRecord, NodeSurface, PairRequestRow } from './device-types.js'

/** Rows of the database to rows of the port. */

interface RawDevice {
  id: string
  public_key: string
  about: string
  label: string | null
  roles: string
  scopes: string
  approved_via: string
  created_at: number
  approved_at: number
  seen_at: number | null
  seen_reason: string | null
}

export function deviceRow(raw: unknown, tokens: readonly unknown[]): DeviceRow | undefined {
  if (raw === undefined) return undefined
  const row = raw as RawDevice
  return {
    id: row.id,
    publicKey: row.public_key,
    about: parse<DeviceAbout>(row.about),
    label: row.label ?? undefined,
    roles: parse<string[]>(row.roles),
    scopes: parse<string[]>(row.scopes),
    approvedVia: row.approved_via,
    createdAt: row.created_at,
    approvedAt: row.approved_at,
    seenAt: row.seen_at ?? undefined,
    seenReason: row.seen_reason ?? undefined,
    tokens: tokens.map(tokenRow),
  }
}

interface RawToken {
  device_id: string
  role: string
  scopes: string
  salt: string
  hash: string
  generation: string | null
  created_at: number
  rotated_at: number | null
  revoked_at: number | null
  used_at: number | null
}

export function tokenOwner(raw: unknown): string {
  return (raw as RawToken).device_id
}

function tokenRow(raw: unknown): DeviceTokenRow {
  const row = raw as RawToken
  return {
    role: row.role,
    scopes: parse<string[]>(row.scopes),
    salt: row.salt,
    hash: row.hash,
    generation: row.generation ?? undefined,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    usedAt: row.used_at ?? undefined,
  }
}

interface RawRequest {
  id: string
  kind: PairRequestRow['kind']
  device_id: string
  role: string
  body: string
  at: number
  expires_at: number | null
}

export type RequestBody = Pick<
  PairRequestRow,
  'publicKey' | 'scopes' | 'about' | 'surface' | 'browserOrigin' | 'remoteIp' | 'repair'
>

export function requestRow(raw: unknown): PairRequestRow | undefined {
  if (raw === undefined) return undefined
  const { id, kind, device_id: deviceId, role, body, at, expires_at: expiresAt } = raw as RawRequest
  const { publicKey, scopes, about, surface, browserOrigin, remoteIp, repair } = parse<RequestBody>(body)
  return {
    id,
    kind,
    deviceId,
    publicKey,
    role,
    scopes,
    about,
    surface,
    browserOrigin,
    remoteIp,
    repair,
    at,
    expiresAt: expiresAt ?? undefined,
  }
}

interface RawNode {
  id: string
  display_name: string | null
  declared: string
  approved: string | null
  approved_at: number | null
  connected_at: number | null
  path_env: string | null
}

export function nodeRecord(raw: unknown): NodeRecord | undefined {
  if (raw === undefined) return undefined
  const row = raw as RawNode
  return {
    id: row.id,
    displayName: row.display_name ?? undefined,
    declared: parse<NodeSurface>(row.declared),
    approved: row.approved === null ? undefined : parse<NodeSurface>(row.approved),
    approvedAt: row.approved_at ?? undefined,
    connectedAt: row.connected_at ?? undefined,
    pathEnv: row.path_env ?? undefined,
  }
}

/** What we wrote ourselves. */
function parse<T>(text: string): T {
  return JSON.parse(text) as T
}
