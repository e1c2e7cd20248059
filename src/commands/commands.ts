import { usableCommands } from './_level.js'
import type { ChatCommand } from './_types.js'

export default {
  summary: 'All commands that you may use',
  access: 'anyone',
  run(call) {
    const lines = usableCommands(call).map(([name, { aliases = [], args, summary }]) => {
      const names = [name, ...aliases].map((one) => `/${one}`).join(', ')
      return `${names}${args ? ` ${args}` : ''} - ${summary}`
    })
    return lines.join('\n')
  },
} satisfies ChatCommand
