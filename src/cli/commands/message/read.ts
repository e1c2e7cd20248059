import { defineCommand } from '../../define.js'
import { listMessages, listOptions } from '../../message/list.js'

export default defineCommand({
  summary: 'message.read.summary',
  options: {
    ...listOptions,
    limit: { kind: 'integer', value: 'count', min: 1, max: 100, text: 'message.option.limit' },
    before: { kind: 'text', value: 'id', text: 'message.option.before' },
    after: { kind: 'text', value: 'id', text: 'message.option.after' },
  },
  examples: [
    { command: 'message read --channel discord --target channel:330000000000000001 --limit 5' },
    { command: 'message read --channel slack --target channel:C1 --thread-id 1790000000.000100' },
  ],
  run(context, _args, { limit, before, after, ...flags }) {
    const params = {
      ...(limit !== undefined && { limit }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    }
    return listMessages(context, flags, { action: 'read', params })
  },
})
