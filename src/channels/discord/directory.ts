import type { Client } from 'discord.js'
import { ChannelFailure, type Directory, type Listed } from '../port.js'

const mostMembers = 1_000
/** Discord, "Search Guild Members": as many as are asked for at once. */
const mostFound = 100
const mostServers = 20

interface Member {
  readonly nick?: string | null
  readonly user?: { readonly id: string; readonly username: string; readonly global_name?: string | null }
}

/** Servers that the bot is in: their rooms are known, their members are asked for. */
export function discordDirectory(
  client: Client,
  get: (path: `/${string}`, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>,
): Directory {
  const inGuild = async (guild: string, query: string | undefined, signal: AbortSignal): Promise<Listed[]> => {
    const found =
      query === undefined
        ? await get(`/guilds/${guild}/members`, { limit: String(mostMembers) }, signal).catch(unseen)
        : await get(`/guilds/${guild}/members/search`, { query, limit: String(mostFound) }, signal)
    return (found as readonly Member[]).flatMap(personOf)
  }
  return {
    async self(signal) {
      const me = (await get('/users/@me', {}, signal)) as NonNullable<Member['user']>
      return { kind: 'direct', id: me.id, name: me.global_name || me.username, username: me.username }
    },
    async peers(query, signal) {
      const guilds = [...client.guilds.cache.keys()].slice(0, mostServers)
      const found: Listed[] = []
      // One after the other: Discord counts what is asked for at once.
      for (const guild of guilds) found.push(...(await inGuild(guild, query, signal)))
      return found
    },
    groups: async () =>
      client.guilds.cache
        .toJSON()
        .flatMap((guild) =>
          guild.channels.cache
            .filter((channel) => channel.isTextBased())
            .map(({ id, name }): Listed => ({ kind: 'channel', id, name: `${guild.name ?? guild.id}/#${name}` })),
        ),
    async members(group, query, signal) {
      const guild = client.guilds.cache.find(({ id, channels }) => id === group || channels.cache.has(group))
      if (!guild) throw new ChannelFailure('refused', 'the bot is in no server that has this room')
      return inGuild(guild.id, query, signal)
    },
  }
}

function personOf({ nick, user }: Member): Listed[] {
  if (!user) return []
  return [{ kind: 'direct', id: user.id, name: nick || user.global_name || user.username, username: user.username }]
}

/** All members are only for bots that were given that right. */
function unseen(error: unknown): never {
  if (error instanceof ChannelFailure && / 403 /.test(error.message)) {
    throw new ChannelFailure(
      'refused',
      `${error.message}. Turn on "Server Members Intent" at discord.com/developers, Bot, or give --query`,
    )
  }
  throw error
}
