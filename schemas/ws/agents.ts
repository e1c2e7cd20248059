import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const name = () => Type.String({ minLength: 1 })
const maybe = () => Type.Optional(name())
const agentId = name()

export const AgentsListResult = Type.Object({
  defaultId: name(),
  mainKey: Type.String({ minLength: 1, description: 'Name of the main session of every agent.' }),
  scope: stringEnum(['per-sender', 'global']),
  ownership: Type.Optional(stringEnum(['sole', 'legacy', 'explicit'])),
  agents: Type.Array(
    Type.Object({
      id: name(),
      kind: Type.Optional(stringEnum(['agent', 'system'])),
      name: maybe(),
      identity: Type.Optional(Type.Object({ name: maybe(), theme: maybe(), emoji: maybe(), avatar: maybe() })),
      workspace: name(),
      model: Type.Object({ primary: name(), fallbacks: Type.Optional(Type.Array(name())) }),
      thinkingDefault: maybe(),
    }),
  ),
})

const look = { emoji: Type.Optional(Type.String()), avatar: Type.Optional(Type.String()) }

export const AgentsCreateParams = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'The id is made from it.' }),
  workspace: Type.Optional(Type.String({ minLength: 1, description: 'Absolute, or beginning with ~.' })),
  model: maybe(),
  ...look,
})
export const AgentsCreateResult = Type.Object({
  ok: Type.Literal(true),
  agentId,
  name: name(),
  workspace: name(),
  model: maybe(),
})

export const AgentsUpdateParams = Type.Object({
  agentId,
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  workspace: maybe(),
  model: Type.Optional(Type.Union([name(), Type.Null()], { description: 'null: the model of all agents.' })),
  ...look,
})
export const AgentsUpdateResult = Type.Object({ ok: Type.Literal(true), agentId })

export const AgentsDeleteParams = Type.Object({
  agentId,
  deleteFiles: Type.Optional(Type.Boolean({ description: 'True: the workspace is moved to `<state>/trash`.' })),
})
export const AgentsDeleteResult = Type.Object({
  ok: Type.Literal(true),
  agentId,
  removedBindings: Type.Integer({ minimum: 0 }),
  removed: Type.Optional(Type.Array(Type.Object({ path: name(), method: stringEnum(['trash', 'missing']) }))),
  failed: Type.Optional(Type.Array(Type.Object({ path: name(), reason: name() }))),
})

const file = Type.Object({
  name: name(),
  path: name(),
  missing: Type.Boolean(),
  expectedAbsent: Type.Optional(Type.Boolean({ description: 'A workspace does well without it.' })),
  size: Type.Optional(Type.Integer({ minimum: 0, description: 'Bytes.' })),
  updatedAtMs: Type.Optional(Type.Integer({ minimum: 0 })),
  hash: Type.Optional(Type.String({ description: 'SHA-256 in hex.' })),
  content: Type.Optional(Type.String()),
})
const place = { agentId, workspace: name() }

export const AgentsFilesListResult = Type.Object({ ...place, files: Type.Array(file) })
export const AgentsFilesGetParams = Type.Object({ agentId, name: name() })
export const AgentsFilesGetResult = Type.Object({ ...place, file })
export const AgentsFilesSetParams = Type.Object({
  agentId,
  name: name(),
  content: Type.String(),
  expectedHash: Type.Optional(
    Type.String({ minLength: 1, description: 'Refused when the file is another by now; `details.currentHash` tells.' }),
  ),
})
export const AgentsFilesSetResult = Type.Object({ ok: Type.Literal(true), ...place, file })

export const AgentIdentityParams = Type.Object({ agentId: maybe(), sessionKey: Type.Optional(Type.String()) })
export const AgentIdentityResult = Type.Object({
  agentId,
  name: maybe(),
  nameSource: Type.Optional(stringEnum(['config', 'agent', 'workspace', 'default'])),
  emoji: maybe(),
  avatar: maybe(),
  avatarSource: maybe(),
  avatarStatus: Type.Optional(stringEnum(['none', 'local', 'remote', 'data'])),
  avatarReason: maybe(),
})
