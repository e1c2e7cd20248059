import type { ChatKind, Place } from './port.js'

const kinds: Readonly<Record<string, ChatKind>> = {
  direct: 'direct',
  dm: 'direct',
  user: 'direct',
  group: 'group',
  chat: 'group',
  channel: 'channel',
  room: 'channel',
}

/**
 * A place as people and agents write it: `42`, `user:42`, `group:-100`, `channel:C1`, with `:topic:7` or `:thread:7`
 * behind it, and the channel's name in front if they like. Undefined for what names no place.
 */
export function parseTarget(text: string, channel: string, kindOf?: (id: string) => ChatKind): Place | undefined {
  let rest = text.trim()
  if (rest.toLowerCase().startsWith(`${channel}:`)) rest = rest.slice(channel.length + 1)
  const [, base = rest, thread] = /^(.+?):(?:topic|thread):([^:]+)$/.exec(rest) ?? []
  const [, word = '', named] = /^([a-z]+):(.+)$/i.exec(base) ?? []
  const kind = kinds[word.toLowerCase()]
  const id = (kind === undefined ? base : (named ?? '')).trim()
  if (id === '' || /[\s\p{Cc}]/u.test(id)) return undefined
  return { kind: kind ?? kindOf?.(id) ?? 'direct', id, ...(thread !== undefined && { thread }) }
}
