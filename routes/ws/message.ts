import { Type } from '../../schemas/type.js'
import type { SeenMessage } from '../../src/channels/port.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { randomId } from '../../src/kernel/random-id.js'
import type { Channels } from '../../src/live/channels.js'
import { messageActions, unsupported } from '../../src/live/chat-abilities.js'
import {
  changeMessage,
  deleteMessage,
  pinMessage,
  pinnedMessages,
  react,
  readMessages,
  sendPoll,
} from '../../src/live/chat-actions.js'
import type { ChatRoute } from '../../src/live/chat-routes.js'
import { channelMeant, chatPlace, Placed, placed, Where, word } from './_chat.js'
import { family, method } from './_method.js'

const maxSeconds = 32 * 86_400

/** What the actions are told; which of it one needs, its error says. */
interface ActionParams {
  readonly messageId?: string
  readonly emoji?: string
  readonly remove?: boolean
  readonly message?: string
  readonly limit?: number
  readonly before?: string
  readonly after?: string
}

interface Doing {
  readonly channels: Channels
  readonly route: ChatRoute
  readonly params: ActionParams
  readonly signal: AbortSignal
}

const defaultLimit = 20

type Action = (doing: Doing) => Promise<readonly SeenMessage[] | undefined>

/** An action that gives nothing to see. */
const act =
  (run: (doing: Doing) => Promise<void>): Action =>
  async (doing) => {
    await run(doing)
    return undefined
  }

const actions: Readonly<Record<(typeof messageActions)[number], Action>> = {
  react: act(({ channels, route, params, signal }) => {
    const messageId = needed(params, 'messageId')
    // Whoever forgets the emoji does not mean all of them; an empty one does.
    const emoji = params.emoji ?? (params.remove ? '' : needed(params, 'emoji'))
    return react(channels, route, { messageId, emoji, remove: params.remove ?? emoji === '' }, signal)
  }),
  edit: act(({ channels, route, params, signal }) =>
    changeMessage(channels, route, needed(params, 'messageId'), needed(params, 'message'), signal),
  ),
  delete: act(({ channels, route, params, signal }) =>
    deleteMessage(channels, route, needed(params, 'messageId'), signal),
  ),
  pin: act(({ channels, route, params, signal }) =>
    pinMessage(channels, route, needed(params, 'messageId'), 'pin', signal),
  ),
  unpin: act(({ channels, route, params, signal }) =>
    pinMessage(channels, route, needed(params, 'messageId'), 'unpin', signal),
  ),
  pins: ({ channels, route, signal }) => pinnedMessages(channels, route, signal),
  read: ({ channels, route, params: { limit = defaultLimit, before, after }, signal }) => {
    const wish = { limit, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
    return readMessages(channels, route, wish, signal)
  },
}

export default family({
  'message.action': method({
    summary: 'Does something to a message of a chat',
    description:
      '`react` (messageId, emoji; `remove` takes it away, without an emoji all of the bot, as an empty emoji does), `edit` (messageId, message), `delete`, `pin`, `unpin` (messageId); `pins` and `read` (limit, before, after) give messages, the oldest first. A channel that cannot do it says which can.',
    scope: 'operator.write',
    idempotent: true,
    params: Type.Object({
      channel: word('Needed when more than one channel runs.'),
      action: Type.String({
        minLength: 1,
        maxLength: 50,
        description: '`react`, `edit`, `delete`, `pin`, `unpin`, `pins` or `read`.',
      }),
      params: Type.Object({
        to: word('The place, as for `send`; without it the chat of `sessionKey`.'),
        target: word('Another name of `to`.'),
        threadId: word('A topic or thread.'),
        messageId: word('As `send` gives it, or as the platform shows it.'),
        emoji: Type.Optional(Type.String({ maxLength: 100 })),
        remove: Type.Optional(Type.Boolean()),
        message: Type.Optional(Type.String({ maxLength: 100_000 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: '20 when absent.' })),
        before: word('Messages older than this one.'),
        after: word('Messages newer than this one.'),
      }),
      accountId: word('Default: the default account.'),
      sessionKey: word('Whose chat is meant when no place is named.'),
      idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    result: Type.Object({
      ok: Type.Boolean(),
      action: Type.String(),
      messageId: Type.String(),
      messages: Type.Optional(
        Type.Array(
          Type.Object({
            id: Type.String(),
            at: Type.Optional(Type.Integer({ description: 'Milliseconds since the epoch.' })),
            sender: Type.Optional(Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) })),
            text: Type.String(),
          }),
        ),
      ),
      ...Placed,
    }),
    async handler({ runtime, signal }, { action, params, accountId, sessionKey, ...named }) {
      const opened = await runtime.channels.open()
      const channel = channelMeant(opened, named.channel)
      const name = messageActions.find((one) => one === action)
      const run = name && actions[name]
      if (!run) throw await unsupported(channel, action)
      const to = params.to ?? params.target
      const { channels, route } =
        to === undefined && sessionKey !== undefined
          ? await chatOf(opened, sessionKey, channel)
          : await chatPlace(runtime, { channel, accountId, threadId: params.threadId, to: needed({ to }, 'to') })
      const messages = await run({ channels, route, params, signal })
      const seen = messages ? { messages: [...messages] } : {}
      return { ok: true, action, messageId: params.messageId ?? '', ...seen, ...placed(route) }
    },
  }),
  poll: method({
    summary: 'Asks a question with options in a chat',
    description:
      'As the platform itself shows polls. The connection must stand at this moment: a poll is not kept for later. Limits differ by platform and are told when one is passed.',
    scope: 'operator.write',
    idempotent: true,
    advertised: false,
    params: Type.Object({
      ...Where,
      question: Type.String({ minLength: 1, maxLength: 300 }),
      options: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { minItems: 2, maxItems: 12 }),
      maxSelections: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 12, description: '1 when absent; Telegram and Discord take more as any.' }),
      ),
      durationSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: maxSeconds })),
      durationHours: Type.Optional(Type.Integer({ minimum: 1, maximum: maxSeconds / 3_600 })),
      isAnonymous: Type.Optional(Type.Boolean({ description: 'Telegram; true when absent.' })),
      silent: Type.Optional(Type.Boolean()),
      idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    result: Type.Object({
      runId: Type.String(),
      messageId: Type.String({ description: 'On the platform.' }),
      pollId: Type.Optional(Type.String({ description: 'Where the platform gives it one of its own.' })),
      ...Placed,
    }),
    async handler({ runtime, signal }, { question, options, maxSelections = 1, silent, idempotencyKey, ...params }) {
      const { channels, route } = await chatPlace(runtime, params)
      const seconds = params.durationSeconds ?? (params.durationHours && params.durationHours * 3_600)
      const poll = {
        ...{ question, options, maxSelections, key: `poll:${idempotencyKey}` },
        ...(seconds !== undefined && { seconds }),
        ...(params.isAnonymous !== undefined && { anonymous: params.isAnonymous }),
        ...(silent && { silent }),
      }
      const { id, pollId } = await sendPoll(channels, route, poll, signal)
      return { runId: `poll_${randomId()}`, messageId: id, ...(pollId !== undefined && { pollId }), ...placed(route) }
    },
  }),
})

async function chatOf(channels: Channels, sessionKey: string, channel: string) {
  const route = await channels.routes.get(sessionKey)
  if (route?.channel === channel) return { channels, route }
  throw new GatewayError('invalid_request', {
    message: `The session has no chat on ${channel.slice(0, 50)}. Name params.to.`,
    param: 'params.to',
  })
}

function needed<K extends string>(params: Readonly<Partial<Record<K, string>>>, key: K): string {
  const value = params[key]
  if (value !== undefined && value !== '') return value
  throw new GatewayError('invalid_request', { message: `params.${key} is needed.`, param: `params.${key}` })
}
