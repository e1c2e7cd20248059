import type { Database } from './database.js'
import { deviceRow, nodeRecord, type RequestBody, requestRow, tokenOwner } from './device-rows.js'
import type { DeviceRow, DeviceStore, NodeStore, PairRequestRow, PairRequestStore } from './device-types.js'
import type { GroupCommit } from './group-commit.js'

export interface DeviceStores {
  readonly devices: DeviceStore
  readonly pairRequests: PairRequestStore
  readonly nodes: NodeStore
}

/** Devices, requests and nodes in the embedded store. Statements are prepared when the first is used. */
export function createDeviceStores(database: Database, commits: GroupCommit): DeviceStores {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const drop = (ids: readonly string[]) => ids.reduce((count, id) => count + sql().requestDelete.run(id).changes, 0)
  return {
    devices: {
      get: (id) => commits.read(() => deviceRow(sql().device.get(id), sql().tokensOf.all(id))),
      list: () => commits.read(() => allDevices(sql())),
      put: (row, settled = []) =>
        commits.write(() => {
          putDevice(sql(), row)
          drop(settled)
        }),
      remove: (id) =>
        commits.write(() => {
          sql().tokensDelete.run(id)
          sql().requestsDeleteOf.run(id)
          sql().nodeDelete.run(id)
          return sql().deviceDelete.run(id).changes > 0
        }),
      seen: (id, { at, reason, role }) =>
        commits.write(() => {
          sql().deviceSeen.run(at, reason, id)
          if (role !== undefined) sql().tokenUsed.run(at, id, role)
        }),
    },
    pairRequests: {
      get: (id) => commits.read(() => requestRow(sql().request.get(id))),
      list: (kind) =>
        commits.read(() =>
          sql()
            .requestsOfKind.all(kind)
            .flatMap((row) => requestRow(row) ?? []),
        ),
      put: (row, dropped = []) =>
        commits.write(() => {
          drop(dropped)
          putRequest(sql(), row)
        }),
      delete: (ids) => commits.write(() => drop(ids)),
    },
    nodes: {
      get: (id) => commits.read(() => nodeRecord(sql().node.get(id))),
      list: () =>
        commits.read(() =>
          sql()
            .nodes.all()
            .flatMap((row) => nodeRecord(row) ?? []),
        ),
      put: (row, settled = []) =>
        commits.write(() => {
          const { id, displayName = null, declared, approved, approvedAt = null, connectedAt = null } = row
          const surfaces = [JSON.stringify(declared), approved ? JSON.stringify(approved) : null]
          sql().nodePut.run(id, displayName, ...surfaces, approvedAt, connectedAt, row.pathEnv ?? null)
          drop(settled)
        }),
      remove: (id) =>
        commits.write(() => {
          sql().nodeRequestsDelete.run(id)
          sql().nodeDelete.run(id)
        }),
    },
  }
}

type Sql = ReturnType<typeof prepare>

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    device: sql('SELECT * FROM devices WHERE id = ?'),
    devices: sql('SELECT * FROM devices ORDER BY approved_at DESC, id'),
    devicePut: sql('INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    deviceSeen: sql('UPDATE devices SET seen_at = ?, seen_reason = ? WHERE id = ?'),
    deviceDelete: sql('DELETE FROM devices WHERE id = ?'),
    tokens: sql('SELECT * FROM device_tokens ORDER BY device_id, role'),
    tokensOf: sql('SELECT * FROM device_tokens WHERE device_id = ? ORDER BY role'),
    tokenPut: sql('INSERT INTO device_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    tokenUsed: sql('UPDATE device_tokens SET used_at = ? WHERE device_id = ? AND role = ?'),
    tokensDelete: sql('DELETE FROM device_tokens WHERE device_id = ?'),
    request: sql('SELECT * FROM pair_requests WHERE id = ?'),
    requestsOfKind: sql('SELECT * FROM pair_requests WHERE kind = ? ORDER BY at DESC, id'),
    requestPut: sql('INSERT OR REPLACE INTO pair_requests VALUES (?, ?, ?, ?, ?, ?, ?)'),
    requestDelete: sql('DELETE FROM pair_requests WHERE id = ?'),
    requestsDeleteOf: sql('DELETE FROM pair_requests WHERE device_id = ?'),
    nodeRequestsDelete: sql("DELETE FROM pair_requests WHERE device_id = ? AND kind = 'node'"),
    node: sql('SELECT * FROM nodes WHERE id = ?'),
    nodes: sql('SELECT * FROM nodes ORDER BY id'),
    nodePut: sql('INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?)'),
    nodeDelete: sql('DELETE FROM nodes WHERE id = ?'),
  }
}

function allDevices(sql: Sql): DeviceRow[] {
  const tokens = new Map<string, unknown[]>()
  for (const raw of sql.tokens.all()) {
    const owner = tokenOwner(raw)
    const own = tokens.get(owner)
    if (own) own.push(raw)
    else tokens.set(owner, [raw])
  }
  return sql.devices.all().flatMap((raw) => deviceRow(raw, tokens.get((raw as { id: string }).id) ?? []) ?? [])
}

function putDevice(sql: Sql, row: DeviceRow): void {
  const { id, publicKey, about, label = null, roles, scopes, approvedVia, createdAt, approvedAt } = row
  const lists = [JSON.stringify(roles), JSON.stringify(scopes)]
  const seen = [row.seenAt ?? null, row.seenReason ?? null]
  sql.devicePut.run(id, publicKey, JSON.stringify(about), label, ...lists, approvedVia, createdAt, approvedAt, ...seen)
  sql.tokensDelete.run(id)
  for (const token of row.tokens) {
    const { role, salt, hash, generation = null, rotatedAt = null, revokedAt = null, usedAt = null } = token
    const times = [token.createdAt, rotatedAt, revokedAt, usedAt]
    sql.tokenPut.run(id, role, JSON.stringify(token.scopes), salt, hash, generation, ...times)
  }
}

function putRequest(sql: Sql, row: PairRequestRow): void {
  const { id, kind, deviceId, role, at, expiresAt = null, ...rest } = row
  const { publicKey, scopes, about, surface, browserOrigin, remoteIp, repair } = rest
  const body: RequestBody = { publicKey, scopes, about, surface, browserOrigin, remoteIp, repair }
  sql.requestPut.run(id, kind, deviceId, role, JSON.stringify(body), at, expiresAt)
}
