import { defineCommand } from '../../../define.js'
import { listOptions, showEntries } from '../../../directory/show.js'

export default defineCommand({
  summary: 'directory.peers.summary',
  description: 'directory.description',
  options: listOptions,
  examples: [
    { command: 'directory peers list --channel slack' },
    { command: 'directory peers list --channel discord --query ada --json' },
  ],
  run: (context, _args, flags) => showEntries(context, flags, 'directory.peers'),
})
