import { Type } from '../../schemas/type.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { randomId } from '../../src/kernel/random-id.js'
import { family, method } from './_method.js'

const word = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 300, description }))

export default family({
  send: method({
    summary: 'Sends a message to a chat',
    description:
      'No agent sees it. It is on disk before it is sent; the answer comes when the platform has taken it, after 20 s at most. The same key is sent once.',
    scope: 'operator.write',
    idempotent: true,
    params: Type.Object({
      to: Type.String({
        minLength: 1,
        maxLength: 300,
        description: '`42`, `user:42`, `group:-100`, `channel:C1`, with `:topic:7` behind it.',
      }),
      message: Type.String({ minLength: 1, maxLength: 100_000 }),
      channel: word('Needed when more than one channel runs.'),
      accountId: word('Default: the default account.'),
      threadId: word('A topic or thread.'),
      replyToId: word('The message that is quoted.'),
      silent: Type.Optional(Type.Boolean({ description: 'Without a sound, where the platform knows that.' })),
      idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    result: Type.Object({
      runId: Type.String(),
      messageId: Type.String({ description: 'On the platform.' }),
      channel: Type.String(),
      accountId: Type.String(),
      to: Type.String(),
    }),
    async handler(
      { runtime, signal },
      { to, message, channel, accountId, threadId, replyToId, silent, idempotencyKey },
    ) {
      const channels = await runtime.channels.open()
      const running = [...new Set(channels.manager.accounts.map(({ account }) => account.channel))]
      const [only] = running
      const name = channel ?? (running.length === 1 ? only : undefined)
      if (name === undefined) {
        const names = running.length === 0 ? 'none runs; set one up in channels.*' : running.join(', ')
        throw new GatewayError('invalid_request', { message: `Channel is required (${names}).`, param: 'channel' })
      }
      const route = channels.resolve(name, accountId, to, threadId)
      const letter = { text: message, ...(replyToId && { replyTo: replyToId }), ...(silent && { silent }) }
      const messageId = await channels.deliver(route, `send:${idempotencyKey}`, letter, signal)
      return {
        runId: `send_${randomId()}`,
        messageId,
        channel: name,
        accountId: route.account,
        to: `${route.place.kind}:${route.place.id}`,
      }
    },
  }),
})
