import { ChatDirectory } from '../../src/live/directory.js'
import type { Runtime } from '../../src/runtime.js'
import { channelMeant } from './_chat.js'

interface Which {
  readonly channel?: string | undefined
  readonly accountId?: string | undefined
}

/** The directory, and the account that is meant. Throws `channel_unavailable` and `invalid_request`. */
export async function openDirectory({ channels: all, store }: Runtime, { channel, accountId }: Which) {
  const channels = await all.open()
  const wanted = channels.account(channelMeant(channels, channel), accountId)
  const about = { channel: wanted.account.channel, accountId: wanted.account.id }
  return { directory: new ChatDirectory(channels, store), wanted, about }
}
