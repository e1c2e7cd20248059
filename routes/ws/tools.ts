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
import { abortSignalOf, type StopSignal, whileRunning } from '../../src/kernel/stop.js'
import { profileLabels, profileNames } from '../../src/tools/_policy/profiles.js'
import { agentForSession, workspaceFor } from './_agents.js'
import { callerKey } from './_caller-key.js'
import { commandRows } from './_commands.js'
import { family, method } from './_method.js'
import { catalogueRows, effectiveRows, invokeResult, isOwner, modelFacts } from './_tools.js'

const profiles = profileNames.map((id) => ({ id, label: profileLabels[id] }))
export default family({
  'tools.catalog': method({
    summary: 'Every tool that there is, by group',
    scope: 'operator.read',
    params: ToolsCatalogParams,
    result: ToolsCatalogResult,
    async handler({ runtime }, params) {
      const agentId = agentForSession(runtime, params)
      const tools = await runtime.directTools()
      return { agentId, profiles, groups: catalogueRows(await tools.catalogue()) }
    },
  }),
  'tools.effective': method({
    summary: 'The tools that a turn of a session gets',
    description: 'Each tool that it does not get has a notice, which names the rule that decided.',
    scope: 'operator.read',
    params: ToolsEffectiveParams,
    result: ToolsEffectiveResult,
    async handler({ runtime, caller }, params) {
      agentForSession(runtime, params)
      const tools = await runtime.directTools()
      return effectiveRows(runtime, await tools.effective(params, isOwner(caller), modelFacts(runtime, params)))
    },
  }),
  'tools.invoke': method({
    summary: 'Calls one tool directly',
    description: 'Under the tool policy of the session. A refusal is a result with `ok: false`.',
    scope: 'operator.write',
    params: ToolsInvokeParams,
    result: ToolsInvokeResult,
    async handler({ runtime, caller, peer, signal }, params) {
      agentForSession(runtime, params)
      const { name, args = {}, agentId, sessionKey, idempotencyKey: key } = params
      const origin = peer ? ('ws' as const) : ('http' as const)
      const call = async (stop: StopSignal) => {
        const tools = await runtime.directTools()
        const facts = { owner: isOwner(caller), origin, signal: abortSignalOf(stop) }
        return invokeResult(name, () => tools.call({ name, args, agentId, sessionKey, ...facts }))
      }
      if (key === undefined) return call(signal)
      // A call that may come back goes on when its caller leaves.
      const first = () => whileRunning(runtime.stopping, call)
      const asked = JSON.stringify([name, args, agentId, sessionKey])
      return runtime.once.run(callerKey('tools.invoke', caller, key), first, { asked })
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
    async handler({ runtime }, params) {
      agentForSession(runtime, params)
      return { commands: commandRows(await runtime.talk.commands()) }
    },
  }),
})
