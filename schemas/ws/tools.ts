import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const name = () => Type.String({ minLength: 1 })
const agentId = Type.Optional(Type.String({ minLength: 1, description: 'The default agent when absent.' }))
const profile = stringEnum(['minimal', 'coding', 'messaging', 'full'])
const source = stringEnum(['core', 'plugin'])
const tool = { id: name(), label: name(), description: Type.String() }

export const ToolsCatalogParams = Type.Object({ agentId, includePlugins: Type.Optional(Type.Boolean()) })
export const ToolsCatalogResult = Type.Object({
  agentId: name(),
  profiles: Type.Array(Type.Object({ id: profile, label: name() })),
  groups: Type.Array(
    Type.Object({
      id: name(),
      label: name(),
      source,
      tools: Type.Array(Type.Object({ ...tool, source, defaultProfiles: Type.Array(profile) })),
    }),
  ),
})

export const ToolsEffectiveParams = Type.Object({ sessionKey: name(), agentId })
export const ToolsEffectiveResult = Type.Object({
  agentId: name(),
  profile: name(),
  groups: Type.Array(
    Type.Object({
      id: stringEnum(['core', 'plugin', 'channel', 'mcp']),
      label: name(),
      source: stringEnum(['core', 'plugin', 'channel', 'mcp']),
      tools: Type.Array(Type.Object({ ...tool, rawDescription: Type.String(), source: name() })),
    }),
  ),
  notices: Type.Optional(
    Type.Array(Type.Object({ id: name(), severity: stringEnum(['info', 'warning']), message: Type.String() })),
  ),
})

export const ToolsInvokeParams = Type.Object({
  name: name(),
  args: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  sessionKey: Type.Optional(name()),
  agentId,
  confirm: Type.Optional(Type.Boolean()),
  idempotencyKey: Type.Optional(name()),
})
export const ToolsInvokeResult = Type.Object({
  ok: Type.Boolean({ description: 'False: `error` says why; the call itself went well.' }),
  toolName: name(),
  output: Type.Optional(Type.Unknown()),
  source: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ code: name(), message: name(), details: Type.Optional(Type.Unknown()) })),
})

export const SkillsStatusResult = Type.Object({
  workspaceDir: Type.String(),
  managedSkillsDir: Type.String(),
  agentId: name(),
  skills: Type.Array(Type.Object({ name: name(), description: Type.String() })),
})

export const CommandsListParams = Type.Object({
  sessionKey: Type.Optional(name()),
  agentId,
  provider: Type.Optional(name()),
  scope: Type.Optional(stringEnum(['text', 'native', 'both'])),
  includeArgs: Type.Optional(Type.Boolean()),
})
export const CommandRow = Type.Object({
  name: name(),
  textAliases: Type.Array(Type.String(), { description: 'Its names, with the slash.' }),
  description: Type.String(),
  source: stringEnum(['native']),
  scope: stringEnum(['text']),
  acceptsArgs: Type.Boolean(),
})
export const CommandsListResult = Type.Object({
  commands: Type.Array(CommandRow),
})
