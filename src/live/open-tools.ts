import { openEgress } from '../egress/open.js'
import { openTools } from '../tools/_registry.js'
import { DirectTools, type DirectToolsInput } from './direct-tools.js'
import { Toolbox } from './toolbox.js'

export interface OpenedTools {
  /** For clients that call a tool on their own. */
  readonly direct: DirectTools
  /** For turns. */
  readonly toolbox: Toolbox
}

/** The tools of a gateway, and the one way out for them. Imported at the first turn or call. */
export function openToolServices(
  input: Omit<DirectToolsInput, 'tools' | 'fetch'> & {
    readonly walls: ConstructorParameters<typeof Toolbox>[0]['walls']
  },
): OpenedTools {
  const { config, clock, env, log } = input
  const shared = { ...input, tools: openTools({ config, clock, env, log }), fetch: openEgress({ clock, log }) }
  return { direct: new DirectTools(shared), toolbox: new Toolbox(shared) }
}
