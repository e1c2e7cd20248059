import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'

const text = (description?: string) => Type.String({ minLength: 1, ...(description && { description }) })
const maybe = (description?: string) => Type.Optional(text(description))
const texts = () => Type.Array(text())
const time = () => Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch.' })

/** A node whose capabilities wait for approval; also the event `node.pair.requested` (spec/protocol.md 4.9). */
export const NodePairRequest = Type.Object({
  requestId: text(),
  nodeId: text('The id of its device.'),
  clientId: text(),
  clientMode: text(),
  displayName: maybe(),
  platform: text(),
  version: text(),
  deviceFamily: maybe(),
  caps: texts(),
  commands: texts(),
  requiredApproveScopes: Type.Array(text(), { description: 'What whoever approves must hold.' }),
  silent: Type.Optional(Type.Boolean()),
  ts: time(),
})
export type NodePairRequest = Static<typeof NodePairRequest>

export const NodePluginTool = Type.Object({
  pluginId: text(),
  name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }),
  description: text(),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  command: maybe(),
  mcp: Type.Optional(Type.Object({ server: text(), tool: text() })),
})
export type NodePluginTool = Static<typeof NodePluginTool>

export const NodeSkill = Type.Object({
  name: Type.String({ pattern: '^(?!.*--)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$' }),
  description: Type.String({ minLength: 1, maxLength: 1024 }),
  content: Type.String({ minLength: 1, maxLength: 65_536 }),
})
export type NodeSkill = Static<typeof NodeSkill>

export const NodeRow = Type.Object({
  nodeId: text(),
  displayName: maybe(),
  platform: text(),
  version: maybe(),
  clientId: text(),
  clientMode: text(),
  deviceFamily: maybe(),
  caps: texts(),
  commands: Type.Array(text(), { description: 'Declared, approved, and allowed by gateway.nodes.commands.' }),
  nodePluginTools: Type.Optional(Type.Array(NodePluginTool)),
  pathEnv: Type.Optional(Type.String()),
  hostStats: Type.Optional(Type.Unknown()),
  approvalState: stringEnum(['approved', 'pending-approval', 'unapproved']),
  pendingRequestId: maybe(),
  connectedAtMs: Type.Optional(time()),
  lastConnectedAtMs: Type.Optional(time()),
  lastSeenAtMs: Type.Optional(time()),
  lastSeenReason: maybe(),
  approvedAtMs: Type.Optional(time()),
  paired: Type.Boolean(),
  connected: Type.Boolean(),
})
export type NodeRow = Static<typeof NodeRow>

export const NodeList = Type.Object({ ts: time(), nodes: Type.Array(NodeRow) })
export const NodeDescription = Type.Object({ ts: time(), ...NodeRow.properties })
export const NodePairList = Type.Object({ pending: Type.Array(NodePairRequest), paired: Type.Array(NodeRow) })

export const NodeParams = Type.Object({ nodeId: text() })
export const NodeRenameParams = Type.Object({
  nodeId: text(),
  displayName: Type.String({ minLength: 1, maxLength: 128 }),
})
export const NodePairApproved = Type.Object({ requestId: text(), node: NodeRow })
export const NodePairRejected = Type.Object({ requestId: text(), nodeId: text() })

/** Event `node.pair.resolved`. */
export const NodePairResolved = Type.Object({
  requestId: text(),
  nodeId: text(),
  decision: stringEnum(['approved', 'rejected']),
  ts: time(),
})
export type NodePairResolved = Static<typeof NodePairResolved>

export const NodeEventParams = Type.Object({
  event: text(),
  payload: Type.Optional(Type.Unknown()),
  payloadJSON: Type.Optional(Type.String()),
})
export const NodeEventResult = Type.Object({
  ok: Type.Boolean(),
  event: text(),
  handled: Type.Boolean(),
  reason: maybe(),
})

export const NodePluginToolsParams = Type.Object({ tools: Type.Array(NodePluginTool, { maxItems: 256 }) })
export const NodePluginToolsResult = Type.Object({ nodeId: text(), tools: Type.Array(NodePluginTool) })
export const NodeSkillsParams = Type.Object({ skills: Type.Array(NodeSkill, { maxItems: 64 }) })
export const NodeSkillsResult = Type.Object({ nodeId: text(), skills: Type.Array(NodeSkill) })
export const NodeRunnerInventoryParams = Type.Object({
  protocolFeatures: Type.Optional(Type.Array(text(), { maxItems: 64 })),
  workerHost: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
})
