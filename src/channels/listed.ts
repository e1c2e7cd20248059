import { entryOf, listOf, mapOf } from './_access/settings.js'
import type { Account, Channel, ChatKind, Listed } from './port.js'

/** Lists of people in the keys of an account; Feishu's `groupAllowFrom` names groups. */
const peopleKeys = ['allowFrom', 'groupAllowFrom', 'groupSenderAllowFrom'] as const
type Keys = Readonly<Record<string, unknown>>

/** People whom the config of an account names. */
export function configuredPeople({ channel: name, keys }: Account, channel: Channel): Listed[] {
  const dm = mapOf({ dm: keys.dm })?.dm
  const lists = peopleKeys.filter((key) => name !== 'feishu' || key !== 'groupAllowFrom').map((key) => keys[key])
  const rooms = [...sections(keys.guilds), ...sections(keys.channels), ...sections(keys.groups)].flatMap(([, room]) => [
    room.users,
    room.allowFrom,
    ...sections(room.channels).map(([, inner]) => inner.users),
  ])
  return [...lists, dm?.allowFrom, ...rooms]
    .flatMap((list) => listOf(list) ?? [])
    .flatMap((entry) => {
      const text = String(entry).trim()
      const id = text === '*' || /^accessGroup:/i.test(text) ? undefined : channel.normaliseId(text)
      return id === undefined ? [] : [{ kind: 'direct' as const, id }]
    })
}

/** Groups and rooms that the config of an account names. */
export function configuredGroups({ channel: name, keys }: Account): Listed[] {
  const servers = sections(keys.guilds).flatMap(([, guild]) => sections(guild.channels))
  const rooms = name === 'slack' ? sections(keys.channels) : servers
  const chats = name === 'feishu' ? (listOf(keys.groupAllowFrom) ?? []).map(String) : []
  return [
    ...sections(keys.groups).map(([id]) => ({ kind: 'group' as const, id })),
    ...chats.map((id) => ({ kind: 'group' as const, id: id.replace(/^feishu:/i, '').trim() })),
    // Rooms may be named too; only an id can be written to.
    ...rooms.filter(([id]) => /^(?:\d+|[A-Z0-9]{6,})$/.test(id)).map(([id]) => ({ kind: 'channel' as const, id })),
  ].filter(({ id }) => id !== '*' && id !== '')
}

/** What a place was called in the store (`placeKey`). Threads are left out: they are part of their place. */
export function listedPlace(key: string, threads: boolean): Listed | undefined {
  const [, kind, rest = ''] = /^(direct|group|channel):(.+)$/.exec(key) ?? []
  // Where there are no threads, ids may hold colons.
  const id = threads ? rest.split(':')[0] : rest
  return kind === undefined || !id ? undefined : { kind: kind as ChatKind, id }
}

function sections(value: unknown): [string, Keys][] {
  const map = mapOf(value) ?? {}
  return Object.keys(map).flatMap((key) => {
    const section = entryOf(map, key)
    return section ? [[key, section] as [string, Keys]] : []
  })
}
