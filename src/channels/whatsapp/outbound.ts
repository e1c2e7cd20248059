import { createHash } from 'node:crypto'
import type { AnyMessageContent } from 'baileys'
import { ChannelFailure, type OutboundMedia, type Place, type Poll, type PollLimits } from '../port.js'
import { whatsappText } from './format.js'

/** Words as WhatsApp shows them. In a group `@` and a number names its member. */
export function textContent({ kind }: Pick<Place, 'kind'>, markdown: string): { text: string; mentions?: string[] } {
  const text = whatsappText(markdown)
  if (kind !== 'group') return { text }
  const numbers = [...text.matchAll(/(?<![\w@])@\+?(\d{7,15})\b/g)].map(([, digits]) => digits ?? '')
  if (numbers.length === 0) return { text }
  return {
    text: text.replaceAll(/(?<![\w@])@\+(\d{7,15})\b/g, '@$1'),
    mentions: [...new Set(numbers)].map((digits) => `${digits}@s.whatsapp.net`),
  }
}

export function mediaContent({ kind, name, mime, path, voice }: OutboundMedia, markdown: string): AnyMessageContent {
  const file = { url: path }
  const caption = markdown === '' ? {} : { caption: whatsappText(markdown) }
  if (kind === 'image') return { image: file, mimetype: mime, ...caption }
  if (kind === 'video') return { video: file, mimetype: mime, ...caption }
  // A voice note is opus in ogg; anything else is sent as a sound.
  if (kind === 'audio') return { audio: file, mimetype: mime, ptt: voice === true && /ogg/.test(mime) }
  return { document: file, mimetype: mime, fileName: name, ...caption }
}

/** As the apps let people write them; they do not end by themselves. */
export const pollLimits: PollLimits = { options: 12, question: 255, option: 100 }

export function pollContent({ question, options, maxSelections }: Poll): AnyMessageContent {
  return { poll: { name: question, values: [...options], selectableCount: maxSelections } }
}

/** The same id for each try of one message, in the form of WhatsApp Web's own. */
export function stableId(key: string, part: number): string {
  const digest = createHash('sha256').update(`${key}\0${part}`).digest('hex').toUpperCase()
  return `3EB0${digest.slice(0, 18)}`
}

/** What went wrong with a call of the library. It may have arrived unless the socket was closed before. */
export function sendFailure(thrown: unknown): ChannelFailure {
  if (thrown instanceof ChannelFailure) return thrown
  const { output, message } = thrown as { output?: { statusCode?: number }; message?: string }
  const code = output?.statusCode
  const text = String(message ?? thrown).slice(0, 200)
  if (code === 428) return new ChannelFailure('network', text)
  if (code === 429) return new ChannelFailure('rate_limit', text, 30_000)
  const isRefused = code !== undefined && code >= 400 && code < 500 && code !== 408
  return new ChannelFailure(isRefused ? 'refused' : 'ambiguous', text)
}
