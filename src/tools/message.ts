import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

const maxMediaBytes = 50 * 1024 ** 2

export default defineTool({
  group: 'messaging',
  label: 'Message',
  summary:
    'Write to a chat besides your answer: send (message, media: a file of the workspace), react (messageId, emoji), edit, delete, poll (message, options). Without channel and target it is this chat; your answer itself is sent anyway.',
  params: Type.Object({
    action: stringEnum(['send', 'react', 'edit', 'delete', 'poll']),
    message: Type.Optional(Type.String({ maxLength: 100_000 })),
    channel: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
    target: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: 'user:42, group:-100, channel:C1' }),
    ),
    accountId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    threadId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    media: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    replyTo: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    messageId: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    emoji: Type.Optional(Type.String({ maxLength: 20 })),
    silent: Type.Optional(Type.Boolean()),
    options: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { minItems: 2, maxItems: 12 })),
    multiple: Type.Optional(Type.Boolean()),
    durationSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only say where it would go' })),
  }),
  spellings: { to: 'target', text: 'message', content: 'message' },
  rare: true,
  // Without a chat there is nowhere to write to.
  available: ({ channels = {} }) => Object.keys(channels).some((name) => name !== 'webchat' && name !== 'defaults'),
  setupKey: 'channels',
  async run(
    { gateway: { messages }, files, callId, runId, signal },
    { action, message, media, messageId, emoji, dryRun, options, multiple, durationSeconds, ...to },
  ) {
    const words = ({ channel, target }: { readonly channel: string; readonly target: string }) =>
      `${channel}, ${target}`
    if (action === 'send') {
      if ((message ?? '') === '' && media === undefined) return failed('send needs message or media.')
      if (dryRun) return said(`It would go to ${words(await messages.place(to))}.`, { dryRun: true })
      const file =
        media === undefined
          ? undefined
          : { name: media, bytes: await files.workspaceOnly().read(media, { maxBytes: maxMediaBytes }) }
      const draft = { ...to, message: message ?? '', media: file }
      const sent = await messages.send(draft, `tool:${runId}:${callId}`, signal)
      return said(`Sent to ${words(sent)}, message ${sent.messageId}.`, { ...sent })
    }
    if (action === 'poll') {
      if ((message ?? '') === '' || options === undefined)
        return failed('poll needs message, the question, and options.')
      if (dryRun) return said(`It would be asked in ${words(await messages.place(to))}.`, { dryRun: true })
      const draft = { ...to, question: message ?? '', options, multiple, seconds: durationSeconds }
      const sent = await messages.poll(draft, `tool:${runId}:${callId}`, signal)
      return said(`Asked in ${words(sent)}, message ${sent.messageId}.`, { ...sent })
    }
    if (messageId === undefined) return failed(`${action} needs messageId.`)
    if (dryRun) return said(`It would be done in ${words(await messages.place(to))}.`, { dryRun: true })
    if (action === 'react') {
      const place = await messages.react(to, messageId, emoji ?? '', signal)
      return said(`${emoji ? 'Reacted' : 'Took the reaction back'} in ${words(place)}.`, { ...place, messageId })
    }
    if (action === 'edit') {
      if ((message ?? '') === '') return failed('edit needs message: the new text.')
      const place = await messages.edit(to, messageId, message ?? '', signal)
      return said(`Changed in ${words(place)}.`, { ...place, messageId })
    }
    const place = await messages.remove(to, messageId, signal)
    return said(`Deleted in ${words(place)}.`, { ...place, messageId })
  },
})
