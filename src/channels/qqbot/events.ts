import type { Inbound, InboundMedia, Place } from '../port.js'
import { normaliseQqbot } from './normalise.js'

/** The data of a message event; which fields there are depends on where it was said. */
export interface QqMessage {
  readonly id?: string
  readonly content?: string
  readonly timestamp?: string
  readonly group_openid?: string
  readonly channel_id?: string
  readonly guild_id?: string
  readonly author?: {
    readonly id?: string
    readonly user_openid?: string
    readonly member_openid?: string
    readonly username?: string
    readonly bot?: boolean
  }
  readonly member?: { readonly nick?: string; readonly roles?: readonly string[] }
  readonly attachments?: readonly {
    readonly content_type?: string
    readonly filename?: string
    readonly size?: number
    readonly url?: string
  }[]
  readonly message_reference?: { readonly message_id?: string }
}

/** The message in an event; undefined when it is none that a bot answers. */
export function inboundOf(type: string, message: QqMessage, now: number): Inbound | undefined {
  const { id, author = {}, content = '', member } = message
  const who = author.user_openid ?? author.member_openid ?? author.id
  const place = who === undefined ? undefined : placeOf(type, message, who)
  if (id === undefined || who === undefined || !place) return undefined
  const media = mediaOf(message)
  // In channels the mention of the bot stands in front.
  const text = content.replace(/^\s*<@!?\w+>/, '').trim()
  if (text === '' && media.length === 0) return undefined
  const at = Date.parse(message.timestamp ?? '')
  const name = member?.nick || author.username
  const reference = message.message_reference?.message_id
  return {
    id,
    at: Number.isNaN(at) ? now : at,
    place,
    sender: {
      id: normaliseQqbot(who) ?? who,
      ...(name && { name }),
      ...(member?.roles && { roles: member.roles }),
      ...(author.bot && { bot: true }),
    },
    text,
    ...(media.length > 0 && { media }),
    ...(reference && { replyTo: { id: reference } }),
    // Other messages of a group are not handed to bots.
    mentioned: place.kind !== 'direct',
  }
}

function placeOf(type: string, message: QqMessage, who: string): Place | undefined {
  const { group_openid: group, channel_id: channel, guild_id: guild } = message
  if (type === 'C2C_MESSAGE_CREATE') return { kind: 'direct', id: who }
  if (type === 'GROUP_AT_MESSAGE_CREATE' && group) return { kind: 'group', id: group }
  if (type === 'AT_MESSAGE_CREATE' && channel) return { kind: 'channel', id: channel, ...(guild && { guild }) }
  // A private talk of a server member: its own little server is where answers go.
  if (type === 'DIRECT_MESSAGE_CREATE' && guild) return { kind: 'direct', id: who, guild }
  return undefined
}

/** Where messages to a place are posted. */
export function pathOf({ kind, id, guild }: Place): string {
  if (kind === 'group') return `/v2/groups/${encodeURIComponent(id)}/messages`
  if (kind === 'channel') return `/channels/${encodeURIComponent(id)}/messages`
  if (guild !== undefined) return `/dms/${encodeURIComponent(guild)}/messages`
  return `/v2/users/${encodeURIComponent(id)}/messages`
}

function mediaOf({ attachments = [] }: QqMessage): InboundMedia[] {
  return attachments.flatMap(({ content_type: type = '', filename, size, url }) => {
    if (!url) return []
    const kind = /^(image|video|audio)\//.exec(type)?.[1] ?? (type === 'voice' ? 'audio' : 'document')
    return [
      {
        kind: kind as InboundMedia['kind'],
        // Servers leave the scheme out.
        ref: /^https?:/.test(url) ? url : `https://${url.replace(/^\/+/, '')}`,
        ...(type.includes('/') && { mime: type }),
        ...(size !== undefined && { bytes: size }),
        ...(filename && { name: filename }),
      },
    ]
  })
}
