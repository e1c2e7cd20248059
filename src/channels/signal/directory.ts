import type { Directory, Listed } from '../port.js'
import type { SignalRpc } from './rpc.js'

interface Person {
  readonly number?: string | null
  readonly uuid?: string | null
  readonly username?: string | null
  readonly name?: string | null
  readonly profile?: { readonly givenName?: string | null; readonly familyName?: string | null } | null
}

interface Group {
  readonly id: string
  readonly name?: string | null
  readonly isMember?: boolean
  readonly members?: readonly Person[]
}

const listBytes = 8 * 1024 ** 2

/** Contacts and groups of the account, as signal-cli keeps them. */
export function signalDirectory(rpc: () => SignalRpc, account: string): Directory {
  const ask = async <T>(method: string, signal: AbortSignal) =>
    ((await rpc().call(method, {}, signal, listBytes)) ?? []) as readonly T[]
  return {
    self: async () => ({ kind: 'direct', id: account }),
    async peers(_query, signal) {
      return (await ask<Person>('listContacts', signal)).flatMap(personOf).filter(({ id }) => id !== account)
    },
    async groups(_query, signal) {
      const groups = (await ask<Group>('listGroups', signal)).filter(({ isMember }) => isMember !== false)
      return groups.map(({ id, name }): Listed => ({ kind: 'group', id, ...(name && { name }) }))
    },
    async members(group, _query, signal) {
      const found = (await ask<Group>('listGroups', signal)).find(({ id }) => id === group)
      return (found?.members ?? []).flatMap(personOf)
    },
  }
}

function personOf({ number, uuid, username, name, profile }: Person): Listed[] {
  const id = number || (uuid ? `uuid:${uuid.toLowerCase()}` : undefined)
  const shown = name || [profile?.givenName, profile?.familyName].filter(Boolean).join(' ')
  return id ? [{ kind: 'direct', id, ...(shown && { name: shown }), ...(username && { username }) }] : []
}
