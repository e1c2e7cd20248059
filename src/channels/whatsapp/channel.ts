import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { type Account, type Channel, ChannelFailure, defineChannel } from '../port.js'
import { WhatsappConnection } from './connection.js'
import { isGroup } from './jids.js'
import type { Library } from './library.js'
import { normaliseWhatsapp } from './normalise.js'
import { pollLimits } from './outbound.js'

const textLimit = 4000

/** The channel over a library: Baileys, or what a test puts in its place. */
export function whatsappOver(load: () => Promise<Library>): Channel {
  return defineChannel({
    label: 'WhatsApp',
    capabilities: {
      ...{
        textLimit,
        counts: 'raw',
        edits: true,
        deletes: true,
        media: true,
        captions: 1024,
        reactions: true,
        pins: 'set',
        polls: pollLimits,
        members: true,
      },
      // WhatsApp itself ends the sign after a while.
      ...{ typing: true, typingMs: 9_000 },
    },
    needs: [[]],
    credential: (account, own) => realPath(folderOf(account, own)),
    normaliseId: normaliseWhatsapp,
    kindOf: (id) => (isGroup(id) ? 'group' : 'direct'),
    async open(account, host) {
      const folder = folderOf(account, await host.folder())
      const library = await load().catch((error: unknown) => {
        const { code } = error as { readonly code?: string }
        if (code !== 'ERR_MODULE_NOT_FOUND') throw error
        throw new ChannelFailure(
          'auth',
          'the package baileys is not installed; install openclaw with optional packages',
        )
      })
      const readReceipts = account.keys.sendReadReceipts !== false
      return new WhatsappConnection({ library, host, folder, account: account.id, readReceipts })
    },
  })
}

/** The account's own folder in the state of the profile, unless the config names another (PAINS.md 1). */
function folderOf({ keys, path }: Account, own: string): string {
  const { authDir } = keys
  if (typeof authDir !== 'string' || authDir.trim() === '') return own
  if (!isAbsolute(authDir)) throw new ChannelFailure('auth', `${path}.authDir is no absolute path`)
  return authDir
}

/** Two names of one folder are one login, also before it is made. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
