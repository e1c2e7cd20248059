import type { Directory, Listed } from '../port.js'
import type { SlackApi } from './api.js'

const page = 200
const mostPages = 5

interface Member {
  readonly id: string
  readonly name?: string
  readonly real_name?: string
  readonly deleted?: boolean
  readonly profile?: { readonly display_name?: string }
}

interface Conversation {
  readonly id: string
  readonly name?: string
  readonly is_mpim?: boolean
}

/** People and rooms of the team, as far as the app's scopes reach: users:read, channels:read, groups:read, mpim:read. */
export function slackDirectory(api: SlackApi): Directory {
  const all = async <T>(method: string, key: string, args: object, signal: AbortSignal): Promise<T[]> => {
    const found: T[] = []
    let cursor = ''
    for (let count = 0; count < mostPages; count += 1) {
      const asked = { ...args, limit: page, ...(cursor !== '' && { cursor }) }
      const answer = await api.call(method, asked, signal)
      found.push(...(answer[key] as T[]))
      cursor = answer.response_metadata?.next_cursor ?? ''
      if (cursor === '') break
    }
    return found
  }
  const people = async (signal: AbortSignal) =>
    (await all<Member>('users.list', 'members', {}, signal)).filter(({ deleted }) => !deleted).map(personOf)
  return {
    async self(signal) {
      const me = await api.call('auth.test', {}, signal)
      return { kind: 'direct', id: String(me.user_id), name: String(me.user) }
    },
    peers: (_query, signal) => people(signal),
    async groups(_query, signal) {
      const types = 'public_channel,private_channel,mpim'
      const rooms = await all<Conversation>('conversations.list', 'channels', { types, exclude_archived: true }, signal)
      return rooms.map(roomOf)
    },
    async members(channel, _query, signal) {
      const ids = await all<string>('conversations.members', 'members', { channel }, signal)
      const known = new Map((await people(signal)).map((one) => [one.id, one]))
      return ids.map((id) => known.get(id) ?? { kind: 'direct', id })
    },
  }
}

function personOf({ id, name, real_name, profile }: Member): Listed {
  const shown = profile?.display_name || real_name || name
  return { kind: 'direct', id, ...(shown && { name: shown }), ...(name && { username: name }) }
}

const roomOf = ({ id, name, is_mpim }: Conversation): Listed => ({
  kind: is_mpim ? 'group' : 'channel',
  id,
  ...(name && { name: `#${name}` }),
})
