import { loadLibrary } from '../_library.js'
import { defineChannel } from '../port.js'
import { DiscordConnection } from './connection.js'
import { normaliseDiscord } from './normalise.js'
import { pollLimits } from './poll.js'

/** Discord takes 2000 characters; some room for tables, which grow when they are drawn. */
const textLimit = 1900

export default defineChannel({
  label: 'Discord',
  capabilities: {
    textLimit,
    counts: 'raw',
    edits: true,
    deletes: true,
    editMs: 1_200,
    blocks: { together: 1_500 },
    media: true,
    captions: textLimit,
    pins: 'list',
    reads: true,
    polls: pollLimits,
    typing: true,
    typingMs: 8_000,
    reactions: true,
    threads: true,
    members: true,
    // Discord, "Create Message": a nonce is looked for in the last few minutes.
    idempotentMs: 2 * 60_000,
  },
  needs: [['token']],
  credential: ({ keys }) => text(keys.token),
  normaliseId: normaliseDiscord,
  async open(account, host) {
    const library = await loadLibrary('discord.js', () => import('discord.js'))
    const { keys, path } = account
    const intents = keys.intents as { readonly messageContent?: unknown } | undefined
    return new DiscordConnection({
      ...{ library, host, path },
      // People copy it with the word that stands before it in a request.
      token: (text(keys.token) ?? '').replace(/^Bot\s+/i, ''),
      apiRoot: text(keys.apiRoot)?.replace(/\/+$/, ''),
      readsContent: intents?.messageContent !== false,
      showsLinks: keys.suppressEmbeds === false,
    })
  },
})

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
