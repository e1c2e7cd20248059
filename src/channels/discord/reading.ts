import type { ReadWish, SeenMessage } from '../port.js'
import { messageId, partsOf } from './messages.js'

/** Discord, "Get Channel Messages". */
const mostAtOnce = 100

interface RawMessage {
  readonly id: string
  readonly channel_id: string
  readonly content: string
  readonly timestamp: string
  readonly author: { readonly id: string; readonly username: string; readonly global_name?: string | null }
}

export function messagesPath(channel: string, { limit, before, after }: ReadWish): `/${string}` {
  const query = new URLSearchParams({ limit: String(Math.min(limit, mostAtOnce)) })
  if (before !== undefined) query.set('before', partsOf(before).message)
  if (after !== undefined) query.set('after', partsOf(after).message)
  return `/channels/${channel}/messages?${query}`
}

/** Discord answers with the newest first. */
export function oldestFirst(messages: unknown): SeenMessage[] {
  return (messages as readonly RawMessage[]).map(seen).reverse()
}

export function pinned(answer: unknown): SeenMessage[] {
  return (answer as { readonly items: readonly { readonly message: RawMessage }[] }).items.map(({ message }) =>
    seen(message),
  )
}

function seen({ id, channel_id, content, timestamp, author }: RawMessage): SeenMessage {
  return {
    id: messageId(channel_id, id),
    at: Date.parse(timestamp),
    sender: { id: author.id, name: author.global_name ?? author.username },
    text: content,
  }
}
