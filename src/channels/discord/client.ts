import type { Client, RESTOptions } from 'discord.js'
import type { Host } from '../port.js'

export interface DiscordOptions {
  readonly library: typeof import('discord.js')
  readonly host: Host
  /** Where the account stands in the config, for what is said of it. */
  readonly path: string
  readonly token: string
  readonly apiRoot: string | undefined
  /** Asks for the text of messages that do not name the bot: a right that has to be turned on at Discord. */
  readonly readsContent: boolean
  readonly showsLinks: boolean
}

/** Servers that Discord announces and does not send are not waited for longer. */
const guildsMs = 5_000

/** discord.js as a gateway wants it: small caches, and limits that are reported and not waited for in secret. */
export function openClient({ library, token, apiRoot, readsContent }: Omit<DiscordOptions, 'host'>): Client {
  const { Client, GatewayIntentBits: bits, Options, Partials } = library
  const client = new Client({
    intents: [bits.Guilds, bits.GuildMessages, bits.DirectMessages, ...(readsContent ? [bits.MessageContent] : [])],
    // Without it, direct messages of people who are not known yet are dropped.
    partials: [Partials.Channel],
    waitGuildTimeout: guildsMs,
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 50,
      GuildMemberManager: { maxSize: 200, keepOverLimit: ({ id, client: { user } }) => id === user.id },
      PresenceManager: 0,
      ReactionManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      VoiceStateManager: 0,
    }),
    // Tries are counted and spaced by the outbox, which also knows what a second one would show.
    rest: {
      ...{ retries: 0, rejectOnRateLimit: () => true, makeRequest: withPlainBodies(library) },
      ...(apiRoot !== undefined && { api: apiRoot }),
    },
  })
  client.rest.setToken(token)
  return client
}

/**
 * Forms are written out before they go: the library's HTTP client takes the dispatcher of the process, and that of
 * another version of undici does not know the class of this one's forms.
 */
function withPlainBodies({ DefaultRestOptions }: DiscordOptions['library']): RESTOptions['makeRequest'] {
  return async (url, init) => {
    if (!(init.body instanceof FormData)) return DefaultRestOptions.makeRequest(url, init)
    const form = new Response(init.body)
    const headers = {
      ...(init.headers as Record<string, string>),
      'content-type': form.headers.get('content-type') ?? '',
    }
    return DefaultRestOptions.makeRequest(url, { ...init, headers, body: new Uint8Array(await form.arrayBuffer()) })
  }
}
