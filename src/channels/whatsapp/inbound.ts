import type { WAMessage } from 'baileys'
import { behindName } from '../_mentions/leading.js'
import type { Inbound, Place, Sender } from '../port.js'
import { contextOf, mediaOf, textOf, unwrapped } from './content.js'
import { isGroup, messageId, ownIds, personOf } from './jids.js'
import type { Socket } from './library.js'
import { normaliseWhatsapp } from './normalise.js'

/** The message in the words of all channels; undefined when there is nothing in it for a bot. */
export async function inboundOf(socket: Socket, message: WAMessage): Promise<Inbound | undefined> {
  const { key } = message
  const jid = key.remoteJid ?? ''
  const content = unwrapped(message.message)
  if (!content || jid.endsWith('@broadcast') || jid.endsWith('@newsletter')) return undefined
  const text = textOf(content)
  const media = mediaOf(content)
  if (text === '' && media.length === 0) return undefined
  const own = ownIds(socket)
  const where = await placeOf(socket, message, own)
  if (!where) return undefined
  const context = contextOf(content)
  const isOwn = (id: string | null | undefined) => own.includes(normaliseWhatsapp(id ?? '') ?? '')
  const replied = context?.stanzaId ? repliedOf(where.place, context, isOwn(context.participant)) : undefined
  return {
    id: `${where.place.id}/${messageId(key)}`,
    at: Number(message.messageTimestamp ?? 0) * 1000,
    ...where,
    text: behindBot(text, isOwn),
    ...(media.length > 0 && { media }),
    ...(context?.isForwarded && { forwarded: true as const }),
    ...(replied && { replyTo: replied }),
    mentioned: isOwn(context?.participant) || (context?.mentionedJid ?? []).some(isOwn),
  }
}

/** Mentions stand in the text as the number, or the hidden id, of whom they name. */
function behindBot(text: string, isOwn: (id: string) => boolean): string {
  const [lead = '', digits] = /^\s*@(\d+)/.exec(text) ?? []
  const own = digits !== undefined && [`${digits}@s.whatsapp.net`, `${digits}@lid`].some(isOwn)
  return own ? behindName(text, lead.length) : text
}

async function placeOf(
  socket: Socket,
  { key, pushName }: WAMessage,
  own: readonly string[],
): Promise<{ place: Place; sender: Sender; self?: true } | undefined> {
  const jid = key.remoteJid ?? ''
  const group = isGroup(jid)
  const [address, alternative] = group ? [key.participant, key.participantAlt] : [jid, key.remoteJidAlt]
  const id = await personOf(socket, address ?? '', alternative)
  if (id === undefined) return undefined
  const self = !group && own.includes(id)
  // What the owner writes to others is theirs.
  if (key.fromMe && !self) return undefined
  const number = id.startsWith('+') ? id : undefined
  const sender = { id, ...(pushName && { name: pushName }), ...(number && { e164: number }) }
  const place: Place = group ? { kind: 'group', id: jid } : { kind: 'direct', id }
  return { place, sender, ...(self && { self: true }) }
}

function repliedOf(
  place: Place,
  context: NonNullable<ReturnType<typeof contextOf>>,
  own: boolean,
): NonNullable<Inbound['replyTo']> {
  const quoted = unwrapped(context.quotedMessage)
  const text = quoted && textOf(quoted)
  const participant = context.participant ?? undefined
  const sender = own ? undefined : normaliseWhatsapp(participant ?? '')
  return {
    id: `${place.id}/${messageId({ id: context.stanzaId ?? '', fromMe: own, ...(participant && { participant }) })}`,
    ...(text && { text }),
    ...(sender && { sender }),
  }
}
