import { openEgress } from '../egress/open.js'
import { ProcessTable } from '../tools/_process/table.js'
import { openTools } from '../tools/_registry.js'
import { DirectTools, type DirectToolsInput } from './direct-tools.js'
import { type HostWallsInput, hostWalls } from './host-walls.js'

export type OpenDirectToolsInput = Omit<DirectToolsInput, 'tools' | 'walls' | 'fetch'> &
  Omit<HostWallsInput, 'processes'> &
  Pick<Parameters<typeof openEgress>[0], 'resolve'>

/** The tools of a gateway with the world that direct calls may reach. Imported at the first call. */
export function openDirectTools({ paths, workspaceOf, resolve, ...input }: OpenDirectToolsInput): DirectTools {
  const { config, clock, env, log } = input
  const processes = new ProcessTable({ clock, keepMs: () => undefined, finished: () => {} })
  return new DirectTools({
    ...input,
    tools: openTools({ config, clock, env, log }),
    walls: hostWalls({ paths, config, workspaceOf, processes }),
    fetch: openEgress({ clock, log, ...(resolve && { resolve }) }),
  })
}
