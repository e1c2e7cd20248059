import { Type } from '../../schemas/type.js'
import { PairRequestParams } from '../../schemas/ws/device.js'
import {
  NodeDescription,
  NodeEventParams,
  NodeEventResult,
  NodeList,
  NodePairApproved,
  NodePairList,
  NodePairRejected,
  NodeParams,
  NodePluginToolsParams,
  NodePluginToolsResult,
  NodeRenameParams,
  NodeRunnerInventoryParams,
  NodeSkillsParams,
  NodeSkillsResult,
} from '../../schemas/ws/node.js'
import { family, method } from './_method.js'
import { nodeOf, requireApproved } from './_node.js'

export default family({
  'node.list': method({
    summary: 'Every paired node, with what may be used of it',
    scope: 'operator.read',
    params: Type.Object({}),
    result: NodeList,
    handler: async ({ runtime }) => ({ ts: runtime.clock.now(), nodes: await runtime.devices.nodes.list() }),
  }),
  'node.describe': method({
    summary: 'One node',
    scope: 'operator.read',
    params: NodeParams,
    result: NodeDescription,
    handler: async ({ runtime }, { nodeId }) => ({
      ts: runtime.clock.now(),
      ...(await runtime.devices.nodes.describe(nodeId)),
    }),
  }),
  'node.rename': method({
    summary: 'Gives a node a name',
    scope: 'operator.pairing',
    params: NodeRenameParams,
    result: NodeRenameParams,
    async handler({ runtime, caller }, { nodeId, displayName }) {
      return { nodeId, displayName: await runtime.devices.nodes.rename(nodeId, displayName, caller) }
    },
  }),
  'node.pair.list': method({
    summary: 'Nodes that wait for approval, and those that are paired',
    scope: 'operator.pairing',
    params: Type.Object({}),
    result: NodePairList,
    handler: ({ runtime, caller }) => runtime.devices.nodes.pairing(caller),
  }),
  'node.pair.approve': method({
    summary: 'Approves what a node offers',
    description:
      'And the node itself, where that is still open. The caller must hold `requiredApproveScopes` of the request.',
    scope: 'operator.pairing',
    params: PairRequestParams,
    result: NodePairApproved,
    async handler({ runtime, caller }, { requestId }) {
      return { requestId, node: await runtime.devices.nodes.approve(requestId, caller) }
    },
  }),
  'node.pair.reject': method({
    summary: 'Turns down what a node offers',
    scope: 'operator.pairing',
    params: PairRequestParams,
    result: NodePairRejected,
    async handler({ runtime, caller }, { requestId }) {
      return { requestId, nodeId: await runtime.devices.nodes.reject(requestId, caller) }
    },
  }),
  'node.pair.remove': method({
    summary: 'Forgets a node, ends its token and closes its sockets',
    scope: 'operator.pairing',
    params: NodeParams,
    result: NodeParams,
    async handler({ runtime, caller }, { nodeId }) {
      await runtime.devices.nodes.remove(nodeId, caller)
      return { nodeId }
    },
  }),
  'node.event': method({
    summary: 'A node tells what happened on it',
    description: 'Known today: `node.host.stats`. Others are accepted and not handled.',
    scope: null,
    role: 'node',
    params: NodeEventParams,
    result: NodeEventResult,
    handler({ runtime, caller }, { event, payload, payloadJSON }) {
      if (event !== 'node.host.stats')
        return { ok: true, event, handled: false, reason: 'not an event that is used here' }
      const handled = runtime.devices.nodes.live.stats(nodeOf(caller), payloadJSON ?? payload)
      return { ok: true, event, handled, ...(!handled && { reason: 'the payload is no JSON, or too large' }) }
    },
  }),
  'node.pluginTools.update': method({
    summary: 'A node tells which tools its plugins bring',
    scope: null,
    role: 'node',
    params: NodePluginToolsParams,
    result: NodePluginToolsResult,
    handler({ runtime, caller }, { tools }) {
      const nodeId = nodeOf(caller)
      const kept = runtime.config.current.gateway?.nodes?.pluginTools?.enabled === false ? [] : tools
      runtime.devices.nodes.live.tell(nodeId, { tools: kept })
      return { nodeId, tools: kept }
    },
  }),
  'node.skills.update': method({
    summary: 'A node tells which skills it brings',
    scope: null,
    role: 'node',
    params: NodeSkillsParams,
    result: NodeSkillsResult,
    handler({ runtime, caller }, { skills }) {
      const nodeId = nodeOf(caller)
      const kept = runtime.config.current.gateway?.nodes?.allowSkills === false ? [] : skills
      runtime.devices.nodes.live.tell(nodeId, { skills: kept })
      return { nodeId, skills: kept }
    },
  }),
  'node.runnerInventory.update': method({
    summary: 'A node tells what kinds of work it can run',
    scope: null,
    role: 'node',
    advertised: false,
    params: NodeRunnerInventoryParams,
    result: NodeParams,
    async handler({ runtime, caller }, { protocolFeatures = [], workerHost }) {
      const nodeId = nodeOf(caller)
      await requireApproved(runtime.devices.nodes, nodeId)
      runtime.devices.nodes.live.tell(nodeId, {
        runner: { protocolFeatures, workerHost: workerHost?.enabled ?? false },
      })
      return { nodeId }
    },
  }),
})
