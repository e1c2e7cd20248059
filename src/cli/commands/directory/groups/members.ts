import { defineCommand } from '../../../define.js'
import { listOptions, showEntries } from '../../../directory/show.js'
import { needs } from '../../../message/options.js'

export default defineCommand({
  summary: 'directory.members.summary',
  options: {
    groupId: { kind: 'text', value: 'id', text: 'directory.option.groupId', alias: '--target' },
    ...listOptions,
  },
  examples: [{ command: 'directory groups members --channel slack --group-id C0123456789' }],
  async run(context, _args, { groupId, ...flags }) {
    const group = needs(context, 'directory groups members', '--group-id', groupId)
    return showEntries(context, flags, 'directory.members', { groupId: group })
  },
})
