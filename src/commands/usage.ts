import { levelCommand } from './_level.js'
import type { ChatCommand } from './_types.js'

const level = levelCommand({
  summary: 'What was spent; tokens, full: a line under each answer',
  setting: 'responseUsage',
  label: 'Usage line',
  levels: ['off', 'tokens', 'full'],
  usual: 'off',
  spellings: { on: 'tokens' },
})

export default {
  ...level,
  args: 'off|tokens|full|cost',
  run(call) {
    const { args, row } = call
    if (args !== '' && args.toLowerCase() !== 'cost') return level.run(call)
    const { input = 0, output = 0, cost } = row?.spent ?? {}
    const money = cost === undefined ? 'no price known' : `$${cost.toFixed(4)}`
    const line = `Usage line: ${row?.entry.responseUsage ?? 'off (default)'}.`
    return `Spent since the session began: ${input} tokens in, ${output} out, ${money}.\n${line}`
  },
} satisfies ChatCommand
