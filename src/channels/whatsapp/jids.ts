import type { WAMessageKey } from 'baileys'
import { ChannelFailure, type Place } from '../port.js'
import type { Socket } from './library.js'
import { normaliseWhatsapp } from './normalise.js'

export const isGroup = (jid: string) => jid.endsWith('@g.us')
const isHidden = (jid: string) => jid.endsWith('@lid') || jid.endsWith('@hosted.lid')

/** Where a place is, for the library. Throws `refused` for what is none. */
export function jidOf({ id }: Pick<Place, 'id'>): string {
  if (isGroup(id)) return id
  const person = normaliseWhatsapp(id)
  if (person === undefined) throw new ChannelFailure('refused', 'this is no WhatsApp number or group')
  return person.startsWith('+') ? `${person.slice(1)}@s.whatsapp.net` : person
}

/** Both names of the account itself: its number, and the one that hides it. */
export function ownIds({ user }: Pick<Socket, 'user'>): string[] {
  return [user?.id, user?.lid, user?.phoneNumber].flatMap((jid) => normaliseWhatsapp(jid ?? '') ?? [])
}

/** The account as people know it. */
export function ownNumber(socket: Pick<Socket, 'user'>): string | undefined {
  return ownIds(socket).find((id) => id.startsWith('+'))
}

/** Who is meant: the number where it can be known, else the name that hides it. */
export async function personOf(
  { signalRepository }: Pick<Socket, 'signalRepository'>,
  jid: string,
  alternative?: string | null,
): Promise<string | undefined> {
  if (!isHidden(jid)) return normaliseWhatsapp(jid)
  const known =
    alternative && !isHidden(alternative)
      ? alternative
      : await signalRepository.lidMapping.getPNForLID(jid).catch(() => null)
  return normaliseWhatsapp(known ?? '') ?? normaliseWhatsapp(jid.replace('@hosted.lid', '@lid'))
}

/** Ids of messages say all that is needed to act on one after a restart: `<message>/<me, or who wrote it in a group>`. */
export function messageId({ id, fromMe, participant }: WAMessageKey): string {
  return `${id ?? ''}/${fromMe ? 'me' : (participant ?? '')}`
}

/** The other way round. */
export function keyOf(place: Pick<Place, 'id'>, id: string): WAMessageKey {
  const cut = id.indexOf('/')
  const [name, author] = cut < 0 ? [id, ''] : [id.slice(0, cut), id.slice(cut + 1)]
  const participant = author !== '' && author !== 'me' ? { participant: author } : {}
  return { remoteJid: jidOf(place), id: name, fromMe: author === 'me', ...participant }
}
