import type { Config } from '../../schemas/config/index.js'
import type { InstancePaths } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { CommandHost } from '../tools/_commands.js'
import { hostFiles } from '../tools/_files/host-files.js'
import type { Processes, ProcessTable } from '../tools/_process/table.js'
import type { ToolFiles } from '../tools/_types.js'

/** What a call may reach, as far as it depends on its session. */
export interface CallFacts {
  readonly agent: string
  readonly sessionKey: string
  /** Of the agent; it is the one session that `non-main` leaves on the host. */
  readonly mainSessionKey: string
}

/** What the tools of one call may reach. */
export interface CallWalls {
  readonly sandboxed: boolean
  readonly processes: Processes
  files(): Promise<ToolFiles>
  readonly commands: CommandHost
}

export interface HostWallsInput {
  readonly paths: Pick<InstancePaths, 'home' | 'state' | 'config'>
  readonly config: () => Config
  readonly workspaceOf: (agent: string) => string
  readonly processes: ProcessTable
}

/**
 * The walls of calls that no turn stands behind: the files of the workspace. Commands need approvals and a sandboxed
 * session needs its sandbox; neither is opened for a single call, so both are refused and never replaced by the host.
 */
export function hostWalls({ paths, config, workspaceOf, processes }: HostWallsInput): (facts: CallFacts) => CallWalls {
  return (facts) => {
    const sandboxed = isSandboxed(config(), facts)
    const kind = sandboxed ? 'sandbox' : 'gateway'
    return {
      sandboxed,
      processes: processes.view({ scope: `direct:${facts.agent}`, agent: facts.agent, reachable: false }),
      async files() {
        if (sandboxed) throw refused('The session runs in a sandbox, whose files only its turns reach.')
        return hostFiles({ paths, workspace: workspaceOf(facts.agent), workspaceOnly: true })
      },
      commands: {
        kind,
        start: () => Promise.reject(refused('Commands run only in turns of an agent, not by themselves.')),
      },
    }
  }
}

function isSandboxed({ agents }: Config, { agent, sessionKey, mainSessionKey }: CallFacts): boolean {
  const mode = agents?.entries?.[agent]?.sandbox?.mode ?? agents?.defaults?.sandbox?.mode ?? 'off'
  return mode === 'all' || (mode === 'non-main' && sessionKey !== mainSessionKey)
}

function refused(message: string): GatewayError {
  return new GatewayError('exec_denied', { message })
}
