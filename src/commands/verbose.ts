import { levelCommand } from './_level.js'

export default levelCommand({
  summary: 'Whether the chat shows what tools do; full: and what they give',
  aliases: ['v'],
  setting: 'verboseLevel',
  label: 'Verbose',
  levels: ['off', 'on', 'full'],
  usual: 'off',
})
