import { defineCommand } from '../../../define.js'
import { listOptions, showEntries } from '../../../directory/show.js'

export default defineCommand({
  summary: 'directory.groups.summary',
  description: 'directory.description',
  options: listOptions,
  examples: [{ command: 'directory groups list --channel whatsapp --query family' }],
  run: (context, _args, flags) => showEntries(context, flags, 'directory.groups'),
})
