import { levelCommand } from './_level.js'

export default levelCommand({
  summary: "Whether the chat shows the model's reasoning; stream: as it comes",
  aliases: ['reason'],
  setting: 'reasoningLevel',
  label: 'Reasoning',
  levels: ['off', 'on', 'stream'],
  usual: 'off',
})
