import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { agentRoster } from '../../agents/select.js'
import { ensureWorkspace } from '../../agents/workspace/ensure.js'
import { workspaceOf } from '../../agents/workspace/folder.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const check: DoctorCheck = {
  title: 'Workspaces',
  needsConfig: true,
  async run({ instance, config }) {
    const agents = agentRoster(config).ids
    const found = await Promise.all(agents.map((agent) => judge(agent, workspaceOf(instance.paths, config, agent))))
    return found.filter((one) => one !== undefined)
  },
}

async function judge(agent: string, path: string): Promise<DoctorFinding | undefined> {
  const missing = await access(path).then(
    () => false,
    () => true,
  )
  if (missing) {
    const fix = { summary: `make ${path}`, apply: async () => void (await ensureWorkspace(path)) }
    return { severity: 'warning', message: `The workspace of the agent "${agent}" is not there.`, path, fix }
  }
  const usable = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  if (usable) return undefined
  return { severity: 'error', message: `The agent "${agent}" may not read and write its workspace.`, path }
}

export default check
