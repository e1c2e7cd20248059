import type { Inbound, InboundMedia, Place } from '../port.js'
import { unescapeText } from './format.js'

/** Who the bot is, as `auth.test` says. */
export interface Bot {
  readonly user: string
  readonly bot: string | undefined
}

interface SlackFile {
  readonly name?: string
  readonly mimetype?: string
  readonly size?: number
  readonly url_private?: string
  readonly url_private_download?: string
}

/** `message` and `app_mention` of the Events API. */
export interface SlackEvent {
  readonly type: string
  readonly subtype?: string
  readonly user?: string
  readonly bot_id?: string
  readonly username?: string
  readonly text?: string
  readonly ts?: string
  readonly thread_ts?: string
  readonly parent_user_id?: string
  readonly channel?: string
  readonly channel_type?: string
  readonly files?: readonly SlackFile[]
}

/** Messages that somebody has written; the others tell of changes. */
const written = new Set([undefined, 'file_share', 'thread_broadcast', 'bot_message', 'me_message'])

/** The message in the words of all channels; undefined when there is none for a bot to answer. */
export async function inboundOf(
  event: SlackEvent,
  team: string | undefined,
  bot: Bot,
  nameOf: (user: string) => Promise<string | undefined>,
): Promise<Inbound | undefined> {
  const { type, subtype, ts, channel, bot_id: from, text = '' } = event
  if ((type !== 'message' && type !== 'app_mention') || !written.has(subtype)) return undefined
  const id = event.user ?? from
  if (ts === undefined || channel === undefined || id === undefined) return undefined
  if (id === bot.user || (from !== undefined && from === bot.bot)) return undefined
  const media = mediaOf(event.files ?? [])
  const mentioned = text.includes(`<@${bot.user}`) || (event.parent_user_id === bot.user && event.thread_ts !== ts)
  const said = await textOf(text, bot, nameOf)
  if (said === '' && media.length === 0 && !mentioned) return undefined
  const name = event.username ?? (event.user === undefined ? undefined : await nameOf(event.user))
  return {
    // A mention comes twice, as two kinds of event: it is one message.
    id: messageId(channel, ts),
    at: Math.round(Number(ts) * 1000),
    place: placeOf(event, channel, id, team),
    sender: { id, ...(name !== undefined && { name }), ...(from !== undefined && { bot: true }) },
    text: said,
    ...(media.length > 0 && { media }),
    mentioned,
  }
}

/** Ids are `<channel>:<ts>`: a message can only be found by both. */
export const messageId = (channel: string, ts: string) => `${channel}:${ts}`

export function partsOf(id: string): { readonly channel: string; readonly ts: string } {
  const at = id.indexOf(':')
  return { channel: id.slice(0, Math.max(at, 0)), ts: id.slice(at + 1) }
}

/** A direct conversation is named by the person: answers find it also when the bot begins. */
function placeOf({ ts, thread_ts, channel_type }: SlackEvent, channel: string, user: string, team?: string): Place {
  const isDirect = channel_type === 'im' || (channel_type === undefined && channel.startsWith('D'))
  const kind = isDirect ? 'direct' : channel_type === 'mpim' ? 'group' : 'channel'
  return {
    kind,
    id: isDirect ? user : channel,
    ...(thread_ts !== undefined && thread_ts !== ts && { thread: thread_ts }),
    ...(kind === 'channel' && team !== undefined && { guild: team }),
  }
}

async function textOf(text: string, bot: Bot, nameOf: (user: string) => Promise<string | undefined>): Promise<string> {
  const own = text.replace(new RegExp(`^\\s*<@${bot.user}(?:\\|[^>]*)?>[\\s,:]*`), '')
  const users = new Set([...own.matchAll(/<@([A-Z0-9]+)/g)].map(([, user = '']) => user).slice(0, 10))
  const names = new Map<string, string>()
  for (const user of users) names.set(user, (await nameOf(user)) ?? user)
  return unescapeText(
    own
      .replace(
        /<@([A-Z0-9]+)(?:\|([^>]*))?>/g,
        (_all, user: string, name?: string) => `@${names.get(user) ?? name ?? user}`,
      )
      .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (_all, id: string, name?: string) => `#${name || id}`)
      .replace(/<!(?:subteam\^)?([^|>]+)(?:\|@?([^>]*))?>/g, (_all, word: string, name?: string) => `@${name || word}`)
      .replace(/<([^|>]+)\|([^>]*)>/g, (_all, url: string, name: string) => (name === url ? url : `${name} (${url})`))
      .replace(/<([^>]+)>/g, '$1'),
  ).trim()
}

function mediaOf(files: readonly SlackFile[]): InboundMedia[] {
  return files.flatMap(({ name, mimetype, size, url_private, url_private_download }) => {
    const ref = url_private_download ?? url_private
    if (ref === undefined) return []
    const kind = mimetype?.split('/')[0]
    return {
      kind: kind === 'image' || kind === 'audio' || kind === 'video' ? kind : ('document' as const),
      ref,
      ...(name !== undefined && { name }),
      ...(mimetype !== undefined && { mime: mimetype }),
      ...(size !== undefined && { bytes: size }),
    }
  })
}
