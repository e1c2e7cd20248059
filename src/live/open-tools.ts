import { openEgress } from '../egress/open.js'
import { openTools } from '../tools/_registry.js'
import { DirectTools, type DirectToolsInput } from './direct-tools.js'

/** The tools of a gateway, and the one way out for them. Imported at the first call. */
export function openDirectTools(input: Omit<DirectToolsInput, 'tools' | 'fetch'>): DirectTools {
  const { config, clock, env, log } = input
  return new DirectTools({ ...input, tools: openTools({ config, clock, env, log }), fetch: openEgress({ clock, log }) })
}
