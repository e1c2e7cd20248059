import { defineCommand } from '../../define.js'
import { act, actOptions } from '../../message/act.js'
import { needs } from '../../message/options.js'

export default defineCommand({
  summary: 'message.react.summary',
  options: {
    ...actOptions,
    emoji: { kind: 'text', value: 'emoji', text: 'message.option.emoji' },
    remove: { kind: 'flag', text: 'message.option.remove' },
  },
  examples: [
    { command: 'message react --channel telegram --target 42 --message-id 42:101 --emoji 👍' },
    {
      command: 'message react --channel slack --target channel:C1 --message-id 1790000000.000100 --emoji eyes --remove',
    },
  ],
  async run(context, _args, { emoji, remove, ...flags }) {
    const params = { emoji: remove ? (emoji ?? '') : needs(context, 'message react', '--emoji', emoji), remove }
    return act(context, flags, { action: 'react', params, done: remove ? 'message.unreacted' : 'message.reacted' })
  },
})
