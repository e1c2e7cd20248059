import type { ChatCommand } from './_types.js'

export default {
  summary: 'Who you are to this gateway',
  aliases: ['id'],
  access: 'anyone',
  inline: true,
  run({ caller: { owner, sender }, channel, session }) {
    const who = sender?.id === undefined ? `a client of the gateway (${channel})` : `${channel}:${sender.id}`
    return `You are ${who}, ${owner ? 'the owner' : 'not the owner'}.\nAgent: ${session.agent}\nSession: ${session.key}`
  },
} satisfies ChatCommand
