import { MemorySearchParams, MemorySearchResult } from '../../schemas/ws/memory.js'
import { agentForSession } from './_agents.js'
import { family, method } from './_method.js'

export default family({
  'memory.search': method({
    summary: 'Searches the notes of an agent',
    description: 'As its tool `memory_search` does; files that changed are indexed first.',
    scope: 'operator.read',
    params: MemorySearchParams,
    result: MemorySearchResult,
    async handler({ runtime, signal }, { agentId, ...query }) {
      const agent = agentForSession(runtime, { agentId })
      const memory = await runtime.memory()
      return { agentId: agent, ...(await memory.search(agent, { ...query, signal })) }
    },
  }),
})
