import { configuredGroups, configuredPeople, listedPlace } from '../channels/listed.js'
import { type Account, ChannelFailure, type Listed } from '../channels/port.js'
import type { Wanted } from '../channels/runner.js'
import { GatewayError } from '../kernel/errors.js'
import { chatRoutePrefix, noAccount } from '../sessions/chat-route.js'
import type { Store } from '../storage/types.js'
import type { Channels } from './channels.js'
import { unsupported } from './chat-abilities.js'
import type { ChatRoute } from './chat-routes.js'

/** Where an entry comes from: the platform, what was heard, who was let in, or the config. */
export const listedFrom = ['platform', 'heard', 'paired', 'config'] as const
export type ListedFrom = (typeof listedFrom)[number]

export interface Entry extends Listed {
  readonly sources: readonly ListedFrom[]
}

export interface Entries {
  readonly entries: readonly Entry[]
  /** More than were asked for. */
  readonly more: boolean
  /** Why the platform itself was not heard. */
  readonly warning?: string
}

export interface ListWish {
  readonly query?: string | undefined
  readonly limit: number
}

const askMs = 20_000
const mostPlaces = 1_000

const targetWords = { direct: 'user', group: 'group', channel: 'channel' } as const

/** An entry as `message send --target` takes it. */
export const targetOf = ({ kind, id }: Pick<Listed, 'kind' | 'id'>) => `${targetWords[kind]}:${id}`

/** Whom and what the accounts of a gateway can write to. */
export class ChatDirectory {
  readonly #channels: Channels
  readonly #store: Pick<Store, 'channels' | 'chatPairing'>

  constructor(channels: Channels, store: Pick<Store, 'channels' | 'chatPairing'>) {
    this.#channels = channels
    this.#store = store
  }

  /** Who the account is on its platform. Throws `channel_unavailable` and `channel_failed`. */
  async self({ account }: Wanted, signal: AbortSignal): Promise<Listed> {
    const connection = this.#channels.connected({ channel: account.channel, account: account.id })
    const limit = limited(signal)
    if (connection.directory?.self) return asked(account, connection.directory.self(limit))
    const { ok, identity, error } = await connection.probe(limit)
    if (ok && identity) return { kind: 'direct', id: identity }
    throw new GatewayError('channel_failed', { message: `Not asked over ${account.channel}: ${error ?? 'no answer'}.` })
  }

  /** People: of the platform where it lists them, and whoever was heard, let in, or named in the config. */
  async peers(wanted: Wanted, wish: ListWish, signal: AbortSignal): Promise<Entries> {
    const { account, channel } = wanted
    const { warning, found } = await this.#platform(wanted, 'peers', wish, signal)
    const paired = (await this.#store.chatPairing.allAllowed()).filter(
      (row) => row.channel === account.channel && row.account === account.id,
    )
    const isPerson = ({ kind }: Listed) => kind === 'direct'
    return chosen(wish, warning, [
      ['platform', found],
      ['heard', (await this.#heard(wanted)).filter(isPerson)],
      ['paired', paired.map(({ sender: id, name }) => ({ kind: 'direct', id, ...(name && { name }) }))],
      ['config', configuredPeople(account, channel)],
    ])
  }

  async groups(wanted: Wanted, wish: ListWish, signal: AbortSignal): Promise<Entries> {
    const { warning, found } = await this.#platform(wanted, 'groups', wish, signal)
    return chosen(wish, warning, [
      ['platform', found],
      ['heard', (await this.#heard(wanted)).filter(({ kind }) => kind !== 'direct')],
      ['config', configuredGroups(wanted.account)],
    ])
  }

  /** Who is in a group, as the platform tells. Throws `channel_unsupported` where it tells nobody. */
  async members({ account }: Wanted, group: string, wish: ListWish, signal: AbortSignal): Promise<Entries> {
    const { directory } = this.#channels.connected({ channel: account.channel, account: account.id })
    if (!directory?.members) throw await unsupported(account.channel, 'members')
    const found = await asked(account, directory.members(group, wish.query, limited(signal)))
    return chosen(wish, undefined, [['platform', found]])
  }

  async #platform(
    { account }: Wanted,
    what: 'peers' | 'groups',
    { query }: ListWish,
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly Listed[]; readonly warning?: string }> {
    const connection = this.#channels.manager.connection(account.channel, account.id)
    if (!connection) return { found: [], warning: `${account.channel}/${account.id} is not connected.` }
    const ask = connection.directory?.[what]
    if (!ask) return { found: [] }
    try {
      return { found: await ask(query, limited(signal)) }
    } catch (thrown) {
      if (!(thrown instanceof ChannelFailure)) throw thrown
      return { found: [], warning: thrown.message }
    }
  }

  /** Places from which somebody wrote and was answered, were it with a pairing code: of a week, and of each session the last. */
  async #heard({ account, channel }: Wanted): Promise<Listed[]> {
    const { channel: name, id } = account
    const threads = channel.capabilities.threads === true
    const places = await this.#store.channels.places({ channel: name, account: id }, mostPlaces)
    const routes = (await this.#store.channels.memories(noAccount, chatRoutePrefix)).map(
      (text): ChatRoute => JSON.parse(text),
    )
    return [
      ...places.flatMap((key) => listedPlace(key, threads) ?? []),
      ...routes.filter((route) => route.channel === name && route.account === id).map(({ place }) => place),
    ].map(({ kind, id: place }) => ({ kind, id: place }))
  }
}

/** One entry for each place, with all that is known of it; those that match, the best known first. */
function chosen(
  { query, limit }: ListWish,
  warning: string | undefined,
  lists: readonly (readonly [ListedFrom, readonly Listed[]])[],
): Entries {
  const known = new Map<string, Entry>()
  for (const [source, list] of lists) {
    for (const one of list) {
      const key = `${one.kind === 'direct' ? 'direct' : 'group'} ${one.id}`
      const before = known.get(key)
      const sources = [...new Set([...(before?.sources ?? []), source])]
      known.set(key, { ...one, ...before, sources })
    }
  }
  const word = query?.trim().toLowerCase() ?? ''
  const matching = [...known.values()].filter(({ id, name = '', username = '' }) =>
    [id, name, username].some((text) => text.toLowerCase().includes(word)),
  )
  return {
    entries: matching.slice(0, limit),
    more: matching.length > limit,
    ...(warning !== undefined && { warning }),
  }
}

async function asked<T>({ channel }: Account, work: Promise<T>): Promise<T> {
  return work.catch((thrown: unknown) => {
    if (!(thrown instanceof ChannelFailure)) throw thrown
    throw new GatewayError('channel_failed', {
      message: `Not asked over ${channel}: ${thrown.message}.`,
      details: { kind: thrown.kind },
    })
  })
}

const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(askMs)])
