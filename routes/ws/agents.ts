import { Type } from '../../schemas/type.js'
import {
  AgentIdentityParams,
  AgentIdentityResult,
  AgentsCreateParams,
  AgentsCreateResult,
  AgentsDeleteParams,
  AgentsDeleteResult,
  AgentsFilesGetParams,
  AgentsFilesGetResult,
  AgentsFilesListResult,
  AgentsFilesSetParams,
  AgentsFilesSetResult,
  AgentsListResult,
  AgentsUpdateParams,
  AgentsUpdateResult,
} from '../../schemas/ws/agents.js'
import { createAgent, deleteAgent, updateAgent } from '../../src/agents/manage.js'
import { readIdentity } from '../../src/agents/read-identity.js'
import { listFiles, readFile, writeFile } from '../../src/agents/workspace/files.js'
import { agentForSession, listAgents, workspaceFor } from './_agents.js'
import { family, method } from './_method.js'

export default family({
  'agents.list': method({
    summary: 'Every agent with its model and workspace',
    scope: 'operator.read',
    params: Type.Object({}),
    result: AgentsListResult,
    handler: ({ runtime, caller }) => listAgents(runtime, caller.caps.includes('agent-kind')),
  }),
  'agents.create': method({
    summary: 'Adds an agent to the config and makes its workspace',
    description: 'It can be used as soon as this answers.',
    scope: 'operator.admin',
    params: AgentsCreateParams,
    result: AgentsCreateResult,
    async handler({ runtime }, params) {
      const { name, model } = params
      const created = await createAgent(runtime.instance, params)
      await runtime.config.reload()
      return { ok: true as const, name, ...created, ...(model && { model }) }
    },
  }),
  'agents.update': method({
    summary: 'Changes an agent in the config',
    description: 'An empty emoji or avatar removes it.',
    scope: 'operator.admin',
    params: AgentsUpdateParams,
    result: AgentsUpdateResult,
    async handler({ runtime }, params) {
      await updateAgent(runtime.instance, params)
      await runtime.config.reload()
      return { ok: true as const, agentId: params.agentId }
    },
  }),
  'agents.delete': method({
    summary: 'Takes an agent and its bindings out of the config',
    description: 'The default agent cannot be deleted. Its sessions stay readable.',
    scope: 'operator.admin',
    params: AgentsDeleteParams,
    result: AgentsDeleteResult,
    async handler({ runtime }, { agentId, deleteFiles = false }) {
      const deleted = await deleteAgent(runtime.instance, agentId, deleteFiles, runtime.clock.now())
      await runtime.config.reload()
      await (await runtime.memory()).forget(agentId)
      return { ok: true as const, agentId, ...deleted }
    },
  }),
  'agents.files.list': method({
    summary: 'The workspace files that make up the prompt',
    scope: 'operator.read',
    params: Type.Object({ agentId: Type.String({ minLength: 1 }) }),
    result: AgentsFilesListResult,
    async handler({ runtime }, { agentId }) {
      const workspace = workspaceFor(runtime, agentId)
      return { agentId, workspace, files: await listFiles(workspace) }
    },
  }),
  'agents.files.get': method({
    summary: 'One workspace file with its content',
    scope: 'operator.read',
    params: AgentsFilesGetParams,
    result: AgentsFilesGetResult,
    async handler({ runtime }, { agentId, name }) {
      const workspace = workspaceFor(runtime, agentId)
      return { agentId, workspace, file: await readFile(workspace, name) }
    },
  }),
  'agents.files.set': method({
    summary: 'Writes one workspace file whole',
    scope: 'operator.admin',
    params: AgentsFilesSetParams,
    result: AgentsFilesSetResult,
    async handler({ runtime }, { agentId, name, content, expectedHash }) {
      const workspace = workspaceFor(runtime, agentId)
      const { content: _, ...file } = await writeFile(workspace, name, content, expectedHash)
      return { ok: true as const, agentId, workspace, file }
    },
  }),
  'agent.identity.get': method({
    summary: 'Name and looks of an agent',
    description: 'From the config, else from IDENTITY.md of its workspace. Without params: of the default agent.',
    scope: 'operator.read',
    params: AgentIdentityParams,
    result: AgentIdentityResult,
    async handler({ runtime }, params) {
      const agentId = agentForSession(runtime, params)
      return { agentId, ...(await readIdentity(runtime.config.current, agentId, workspaceFor(runtime, agentId))) }
    },
  }),
})
