import type { Static } from '../../schemas/type.js'
import type { CommandRow } from '../../schemas/ws/tools.js'
import type { CommandDoor } from '../../src/commands/_door.js'
import type { Given } from './_method.js'

/** Every chat command as clients see it. */
export function commandRows({ commands }: CommandDoor): Given<Static<typeof CommandRow>>[] {
  return [...commands].map(([name, { aliases = [], args, summary }]) => ({
    name,
    textAliases: [name, ...aliases].map((one) => `/${one}`),
    description: summary,
    source: 'native',
    scope: 'text',
    acceptsArgs: args !== undefined,
  }))
}
