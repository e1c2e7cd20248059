import { thinkingLevels } from '../../schemas/session.js'
import { levelCommand } from './_level.js'

export default levelCommand({
  summary: 'How hard the model thinks',
  aliases: ['thinking', 't'],
  setting: 'thinkingLevel',
  label: 'Thinking',
  levels: thinkingLevels,
  usual: 'adaptive',
  spellings: { on: 'medium', min: 'minimal', mid: 'medium', none: 'off' },
})
