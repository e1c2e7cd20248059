import { join } from 'node:path'
import { Type } from '../../schemas/type.js'
import {
  CommandsListParams,
  CommandsListResult,
  SkillsStatusResult,
  ToolsCatalogParams,
  ToolsCatalogResult,
  ToolsEffectiveParams,
  ToolsEffectiveResult,
  ToolsInvokeParams,
  ToolsInvokeResult,
} from '../../schemas/ws/tools.js'
import { profileLabels, profileNames } from '../../src/tools/_policy/profiles.js'
import { agentForSession, workspaceFor } from './_agents.js'
import { family, method } from './_method.js'

const profiles = profileNames.map((id) => ({ id, label: profileLabels[id] }))
const noTools = {
  id: 'no-tools',
  severity: 'info',
  message: 'Agents of this version have no tools of their own.',
} as const

/** Agents are not offered tools yet: what is empty here is what a turn gets. */
export default family({
  'tools.catalog': method({
    summary: 'Every tool that there is, by group',
    scope: 'operator.read',
    params: ToolsCatalogParams,
    result: ToolsCatalogResult,
    handler: ({ runtime }, params) => ({ agentId: agentForSession(runtime, params), profiles, groups: [] }),
  }),
  'tools.effective': method({
    summary: 'The tools that a turn of a session gets',
    scope: 'operator.read',
    params: ToolsEffectiveParams,
    result: ToolsEffectiveResult,
    handler({ runtime }, params) {
      const agentId = agentForSession(runtime, params)
      const { tools, agents } = runtime.config.current
      const profile = agents?.entries?.[agentId]?.tools?.profile ?? tools?.profile ?? 'full'
      return { agentId, profile, groups: [], notices: [noTools] }
    },
  }),
  'tools.invoke': method({
    summary: 'Calls one tool directly',
    scope: 'operator.write',
    params: ToolsInvokeParams,
    result: ToolsInvokeResult,
    handler({ runtime }, params) {
      agentForSession(runtime, params)
      const message = `There is no tool "${params.name.slice(0, 100)}". tools.catalog lists those that there are.`
      return { ok: false, toolName: params.name, error: { code: 'tool_unknown', message } }
    },
  }),
  'skills.status': method({
    summary: 'The skills of an agent and what they lack',
    scope: 'operator.read',
    params: Type.Object({
      agentId: Type.Optional(Type.String({ minLength: 1 })),
      sessionKey: Type.Optional(Type.String({ minLength: 1 })),
    }),
    result: SkillsStatusResult,
    handler({ runtime }, params) {
      const agentId = agentForSession(runtime, params)
      const managedSkillsDir = join(runtime.instance.paths.state, 'skills')
      return { workspaceDir: workspaceFor(runtime, agentId), managedSkillsDir, agentId, skills: [] }
    },
  }),
  'commands.list': method({
    summary: 'The chat commands of an agent',
    scope: 'operator.read',
    params: CommandsListParams,
    result: CommandsListResult,
    handler({ runtime }, params) {
      agentForSession(runtime, params)
      return { commands: [] }
    },
  }),
})
