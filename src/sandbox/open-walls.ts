import type { Config } from '../../schemas/config/index.js'
import type { Approvals } from '../approvals/approvals.js'
import { ExecGate } from '../approvals/gate.js'
import type { Grants } from '../approvals/grants.js'
import type { Instance } from '../instance/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import { exitNotice, type ProcessEvents } from '../tools/_process/notice.js'
import { ProcessTable } from '../tools/_process/table.js'
import { Sandboxes } from './sandboxes.js'
import { Walls, type WallsOptions } from './walls.js'

export interface OpenWallsOptions {
  readonly instance: Pick<Instance, 'paths' | 'profile' | 'env'>
  readonly config: () => Config
  readonly workspaceOf: (agent: string) => string
  readonly approvals: Approvals
  readonly grants: Grants
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus<ProcessEvents>
  readonly nodeHost?: WallsOptions['nodeHost']
}

export interface OpenedWalls {
  readonly walls: Walls
  readonly sandboxes: Sandboxes
  readonly processes: ProcessTable
  /** Ends every command. */
  close(): Promise<void>
}

/** Everything that stands between agents and this machine. Nothing is started before it is needed. */
export function openWalls(options: OpenWallsOptions): OpenedWalls {
  const { instance, config, workspaceOf, approvals, grants, clock, log, bus, nodeHost } = options
  const { paths, profile, env } = instance
  const processes = new ProcessTable({
    clock,
    keepMs: () => config().tools?.exec?.cleanupMs,
    finished: (process) => {
      const notice = exitNotice(process, config())
      if (notice) bus.emit('process.finished', notice)
    },
  })
  const gate = new ExecGate({ config, state: paths.state, approvals, grants, home: paths.home })
  const sandboxes = new Sandboxes({ paths, profile, env, config, workspaceOf, clock, log })
  const walls = new Walls({
    paths,
    env,
    config,
    workspaceOf,
    gate,
    sandboxes,
    processes,
    ...(nodeHost && { nodeHost }),
  })
  return { walls, sandboxes, processes, close: () => processes.close() }
}
