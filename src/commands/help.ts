import { usableCommands } from './_level.js'
import type { ChatCommand } from './_types.js'

const first = ['status', 'new', 'stop', 'model', 'think', 'compact']

export default {
  summary: 'The commands that are used most',
  access: 'anyone',
  inline: true,
  run(call) {
    const usable = new Map(usableCommands(call))
    const lines = first.flatMap((name) => {
      const command = usable.get(name)
      return command ? [`/${name}${command.args ? ` ${command.args}` : ''} - ${command.summary}`] : []
    })
    return [...lines, '/commands - all commands'].join('\n')
  },
} satisfies ChatCommand
