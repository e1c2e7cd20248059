import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { NewOutboxRow } from '../storage/types.js'
import type { Channels } from './channels.js'
import type { ChatRoute } from './chat-routes.js'

/** How jobs and hooks write to chats. */
export interface Mail {
  readonly config: () => Config
  /** Where a session was spoken to last. */
  readonly lastRoute: (sessionKey: string) => Promise<ChatRoute | undefined>
  readonly channels: () => Promise<Pick<Channels, 'resolve' | 'letters' | 'account' | 'manager'>>
  /** These are on disk and go out. */
  readonly sent: (messages: readonly NewOutboxRow[]) => void
}

/** A place as somebody names it; without a channel, and with `last`, where one of the sessions was spoken to last. */
export interface NamedPlace {
  readonly channel?: string | undefined
  readonly to?: string | undefined
  readonly accountId?: string | undefined
  readonly threadId?: string | undefined
}

export interface Post {
  /** The same for the same text, whenever it is written. */
  readonly key: string
  readonly text: string
  /** The run that says it: what files it may send depends on its agent. */
  readonly runId?: string | undefined
  readonly to: NamedPlace
  /** Sessions whose last place counts, the first that has one. */
  readonly sessions: readonly string[]
}

/**
 * A text as messages to a place, none of them written yet; undefined when nobody has spoken to the sessions. Throws
 * `channel_unavailable`, `invalid_request`.
 */
export async function lettersTo(
  { lastRoute, channels }: Mail,
  { key, text, runId, to, sessions }: Post,
): Promise<readonly NewOutboxRow[] | undefined> {
  const { channel = 'last', to: target, accountId, threadId } = to
  if (channel === 'last') {
    for (const session of sessions) {
      const route = await lastRoute(session)
      if (route) return (await channels()).letters(route, key, text, runId)
    }
    return undefined
  }
  if (target === undefined) {
    throw new GatewayError('invalid_request', { message: `The channel ${channel} is named and no recipient.` })
  }
  const open = await channels()
  return open.letters(open.resolve(channel, accountId, target, threadId), key, text, runId)
}
