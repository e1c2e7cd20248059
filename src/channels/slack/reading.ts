import type { ReadWish, SeenMessage } from '../port.js'
import { messageId, partsOf, type SlackEvent } from './events.js'
import { unescapeText } from './format.js'

type NameOf = (user: string) => Promise<string | undefined>

/** What `conversations.history` and `conversations.replies` are asked. */
export function historyAsked(channel: string, thread: string | undefined, { limit, before, after }: ReadWish) {
  return {
    ...{ channel, limit },
    ...(thread !== undefined && { ts: thread }),
    ...(before !== undefined && { latest: partsOf(before).ts }),
    ...(after !== undefined && { oldest: partsOf(after).ts }),
  }
}

/** Messages of a conversation with the names of who wrote them, the oldest first. */
export async function seenMessages(
  channel: string,
  messages: readonly SlackEvent[],
  nameOf: NameOf,
): Promise<SeenMessage[]> {
  const found: SeenMessage[] = []
  for (const { ts, user, bot_id, username, text = '' } of messages) {
    if (ts === undefined) continue
    const id = user ?? bot_id
    const name = username ?? (user === undefined ? undefined : await nameOf(user))
    found.push({
      id: messageId(channel, ts),
      at: Math.round(Number(ts) * 1000),
      ...(id !== undefined && { sender: { id, ...(name !== undefined && { name }) } }),
      text: unescapeText(text),
    })
  }
  return found.sort((one, other) => (one.at ?? 0) - (other.at ?? 0))
}
