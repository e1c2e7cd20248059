import { Type } from '../../schemas/type.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Channels } from '../../src/live/channels.js'
import type { ChatRoute } from '../../src/live/chat-routes.js'
import type { Runtime } from '../../src/runtime.js'

export const word = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 300, description }))

/** A place in a chat, as methods are told of it. */
export const Where = {
  to: Type.String({
    minLength: 1,
    maxLength: 300,
    description: '`42`, `user:42`, `group:-100`, `channel:C1`, with `:topic:7` behind it.',
  }),
  channel: word('Needed when more than one channel runs.'),
  accountId: word('Default: the default account.'),
  threadId: word('A topic or thread.'),
}

interface Wanted {
  readonly to: string
  readonly channel?: string | undefined
  readonly accountId?: string | undefined
  readonly threadId?: string | undefined
}

/** The place that is meant. Throws `invalid_request` and `channel_unavailable`. */
export async function chatPlace(
  runtime: Runtime,
  { to, channel, accountId, threadId }: Wanted,
): Promise<{ readonly channels: Channels; readonly route: ChatRoute }> {
  const channels = await runtime.channels.open()
  return { channels, route: channels.resolve(channelMeant(channels, channel), accountId, to, threadId) }
}

/** The one that is named, or the only one that runs. */
export function channelMeant(channels: Channels, named: string | undefined): string {
  const running = [...new Set(channels.manager.accounts.map(({ account }) => account.channel))]
  const name = named ?? (running.length === 1 ? running[0] : undefined)
  if (name !== undefined) return name
  const names = running.length === 0 ? 'none runs; set one up in channels.*' : running.join(', ')
  throw new GatewayError('invalid_request', { message: `Channel is required (${names}).`, param: 'channel' })
}

/** What a caller hears of where it was done. */
export const placed = ({ channel, account, place }: ChatRoute) => ({
  channel,
  accountId: account,
  to: `${place.kind}:${place.id}`,
})

export const Placed = {
  channel: Type.String(),
  accountId: Type.String(),
  to: Type.String(),
}
