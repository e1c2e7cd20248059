import { DoctorMemoryStatusParams, DoctorMemoryStatusResult } from '../../schemas/ws/memory.js'
import { agentForSession, workspaceFor } from './_agents.js'
import { family, method } from './_method.js'

export default family({
  'doctor.memory.status': method({
    summary: 'How the memory of an agent is set up and indexed',
    description: 'With `index` the index is brought up to date first, with the vectors of the embedding model.',
    scope: 'operator.read',
    // It costs calls of the embedding model.
    scopeFor: ({ index }) => (index ? 'operator.write' : undefined),
    params: DoctorMemoryStatusParams,
    result: DoctorMemoryStatusResult,
    async handler({ runtime, signal }, { agentId, probe = false, deep = false, index = false, force = false }) {
      const agent = agentForSession(runtime, { agentId })
      const memory = await runtime.memory()
      const done = index ? await memory.index(agent, signal, force) : undefined
      return {
        agentId: agent,
        workspace: workspaceFor(runtime, agent),
        ...(await memory.status(agent, probe || deep, signal)),
        ...(done && { changed: done.changed, removed: done.removed }),
        problems: done?.problems ?? [],
      }
    },
  }),
})
