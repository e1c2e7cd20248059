import type { Directory, Listed } from '../port.js'
import type { FeishuApi } from './api.js'

const page = 100
const mostPages = 10

interface Page<T> {
  readonly items?: readonly T[]
  readonly has_more?: boolean
  readonly page_token?: string
}

/** Groups that the app is in, and who is in them. Of people it hears no list: that needs rights over the whole company. */
export function feishuDirectory(
  api: FeishuApi,
  bot: (signal: AbortSignal) => Promise<{ readonly id: string; readonly name: string }>,
): Directory {
  const all = async <T>(what: string, path: string, signal: AbortSignal): Promise<T[]> => {
    const found: T[] = []
    let token = ''
    for (let count = 0; count < mostPages; count += 1) {
      const next = token === '' ? '' : `&page_token=${encodeURIComponent(token)}`
      const { data } = (await api.call(what, `${path}page_size=${page}${next}`, signal)) as { data?: Page<T> }
      found.push(...(data?.items ?? []))
      token = data?.page_token ?? ''
      if (!data?.has_more || token === '') break
    }
    return found
  }
  return {
    async self(signal) {
      return { kind: 'direct', ...(await bot(signal)) }
    },
    async groups(_query, signal) {
      const chats = await all<{ chat_id: string; name?: string }>('chats', '/open-apis/im/v1/chats?', signal)
      return chats.map(({ chat_id: id, name }): Listed => ({ kind: 'group', id, ...(name && { name }) }))
    },
    async members(group, _query, signal) {
      const path = `/open-apis/im/v1/chats/${encodeURIComponent(group)}/members?member_id_type=open_id&`
      const people = await all<{ member_id: string; name?: string }>('members', path, signal)
      return people.map(({ member_id: id, name }): Listed => ({ kind: 'direct', id, ...(name && { name }) }))
    },
  }
}
