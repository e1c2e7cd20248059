import { workspaceOf } from '../agents/workspace/folder.js'
import { approvalsOf } from '../approvals/document.js'
import type { Config } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { systemClock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { silentLogger } from '../kernel/logger.js'
import { explainSandbox, type SandboxExplanation } from './explain.js'
import { Sandboxes } from './sandboxes.js'
import type { SandboxOwner } from './scope.js'

/** The sandboxes of an instance for a program beside its gateway, such as the command line. */
export function localSandboxes({ paths, profile, env }: Instance, config: Config): Sandboxes {
  return new Sandboxes({
    paths,
    profile,
    env,
    config: () => config,
    workspaceOf: (agent) => workspaceOf(paths, config, agent),
    clock: systemClock,
    log: silentLogger,
  })
}

/** Looks at config, files and this machine; starts and changes nothing. */
export async function explainHere(
  instance: Instance,
  config: Config,
  owner: SandboxOwner & { readonly sessionKey: string },
): Promise<SandboxExplanation> {
  const sandboxes = localSandboxes(instance, config)
  const identity = sandboxes.identify(owner)
  const found = await sandboxes.backendFor(identity.settings)
  const backend = found.ok
    ? { name: found.backend.name, remarks: await found.backend.remarks() }
    : { problem: found.problem, remarks: [] }
  const approvals = await approvalsOf(instance.paths.state, owner.agent).catch((error: unknown) => {
    if (error instanceof GatewayError) return { problem: error.message }
    throw error
  })
  return explainSandbox({ config, owner, identity, backend, approvals })
}
