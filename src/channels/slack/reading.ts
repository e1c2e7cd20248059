import type { ReadWish, SeenMessage } from '../port.js'
import type { SlackApi } from './api.js'
import { messageId, partsOf, type SlackEvent } from './events.js'
import { unescapeText } from './format.js'

type NameOf = (user: string) => Promise<string | undefined>

/** Slack gives no more of a thread at a time, and no more pages are asked for. */
const pageSize = 200
const mostPages = 10

/** The newest messages of a channel, or of a thread: Slack gives a thread from its beginning on. */
export async function readHistory(
  api: Pick<SlackApi, 'call'>,
  channel: string,
  thread: string | undefined,
  wish: ReadWish,
  signal: AbortSignal,
): Promise<readonly SlackEvent[]> {
  const asked = historyAsked(channel, thread, wish)
  if (thread === undefined) return (await api.call('conversations.history', asked, signal)).messages ?? []
  let newest: readonly SlackEvent[] = []
  let cursor = ''
  for (let page = 0; page < mostPages; page += 1) {
    const more = { ...asked, limit: pageSize, ...(cursor !== '' && { cursor }) }
    const answer = await api.call('conversations.replies', more, signal)
    newest = [...newest, ...(answer.messages ?? [])].slice(-wish.limit)
    cursor = answer.response_metadata?.next_cursor ?? ''
    if (cursor === '') break
  }
  return newest
}

/** What `conversations.history` and `conversations.replies` are asked. */
function historyAsked(channel: string, thread: string | undefined, { limit, before, after }: ReadWish) {
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
