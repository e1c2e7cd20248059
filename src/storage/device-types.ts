/** Paired devices, those that wait, and nodes: the part of the storage port that src/devices stands on. */

/** What a device says of itself; shown to whoever approves it. */
export interface DeviceAbout {
  readonly clientId: string
  readonly clientMode: string
  readonly platform: string
  readonly version: string
  readonly deviceFamily?: string
  readonly displayName?: string
  readonly modelIdentifier?: string
}

/** A token as it is kept: enough to recognise it and to make it anew, never the token itself. */
export interface DeviceTokenRow {
  readonly role: string
  readonly scopes: readonly string[]
  /** Random; with the key of the state directory it gives the token again. */
  readonly salt: string
  /** SHA-256 of the token in hex. */
  readonly hash: string
  /** Which shared secret it stands on; undefined when it stands on none. */
  readonly generation: string | undefined
  readonly createdAt: number
  readonly rotatedAt: number | undefined
  readonly revokedAt: number | undefined
  readonly usedAt: number | undefined
}

export interface DeviceRow {
  /** SHA-256 of the public key in hex. */
  readonly id: string
  readonly publicKey: string
  readonly about: DeviceAbout
  /** The name that an operator gave it. */
  readonly label: string | undefined
  /** What it was approved for; scopes count for the role operator. */
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly approvedVia: string
  /** Times in milliseconds since the epoch. */
  readonly createdAt: number
  readonly approvedAt: number
  readonly seenAt: number | undefined
  readonly seenReason: string | undefined
  readonly tokens: readonly DeviceTokenRow[]
}

export interface DeviceSeen {
  readonly at: number
  readonly reason: string
  /** Role of the token that was used. */
  readonly role?: string
}

export interface DeviceStore {
  get(id: string): Promise<DeviceRow | undefined>
  /** The newest approval first. */
  list(): Promise<DeviceRow[]>
  /** Writes the device with its tokens and drops the requests that this settles, in one transaction. */
  put(row: DeviceRow, settled?: readonly string[]): Promise<void>
  /** Removes the device with its tokens, its requests and what it was as a node. False when there was none. */
  remove(id: string): Promise<boolean>
  /** Notes that a device came. Does not touch what it may do. */
  seen(id: string, seen: DeviceSeen): Promise<void>
}

/** What a node brings: capabilities, commands, and the permissions that its system gave it. */
export interface NodeSurface {
  readonly caps: readonly string[]
  readonly commands: readonly string[]
  readonly permissions: Readonly<Record<string, boolean>>
}

export interface PairRequestRow {
  readonly id: string
  /** device: may it come in. node: may its commands be used. */
  readonly kind: 'device' | 'node'
  readonly deviceId: string
  readonly publicKey: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly about: DeviceAbout
  readonly surface: NodeSurface | undefined
  readonly browserOrigin: string | undefined
  readonly remoteIp: string | undefined
  /** True when the device was paired before. */
  readonly repair: boolean
  readonly at: number
  /** Undefined: it waits for ever. */
  readonly expiresAt: number | undefined
}

export interface PairRequestStore {
  get(id: string): Promise<PairRequestRow | undefined>
  /** The newest first. */
  list(kind: PairRequestRow['kind']): Promise<PairRequestRow[]>
  /** Writes a request and drops those that it replaces, in one transaction. */
  put(row: PairRequestRow, dropped?: readonly string[]): Promise<void>
  /** How many were there. */
  delete(ids: readonly string[]): Promise<number>
}

export interface NodeRecord {
  /** The id of its device. */
  readonly id: string
  /** The name that an operator gave it. */
  readonly displayName: string | undefined
  readonly declared: NodeSurface
  /** Undefined until somebody approved it. */
  readonly approved: NodeSurface | undefined
  readonly approvedAt: number | undefined
  readonly connectedAt: number | undefined
  readonly pathEnv: string | undefined
}

export interface NodeStore {
  get(id: string): Promise<NodeRecord | undefined>
  list(): Promise<NodeRecord[]>
  /** Writes the node and drops the requests that this settles, in one transaction. */
  put(row: NodeRecord, settled?: readonly string[]): Promise<void>
  /** Removes what a device was as a node, with the requests about it; the device itself stays. */
  remove(id: string): Promise<void>
}
