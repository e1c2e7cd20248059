import { ChannelFailure } from '../port.js'
import { limited, type UpdateSource } from './source.js'
import { wantedUpdates } from './updates.js'

/** Seconds that Telegram may keep a poll open, and what the answer may take besides. */
const pollSeconds = 30
const pollGraceMs = 10_000
const batch = 100

/** Where an earlier start had got to. */
interface Offset {
  readonly bot: number
  readonly last: number
}

/**
 * Updates by long polling. The next are asked for only when those before are on disk, and where it stands is kept there
 * too: telegraf's own loop forgets both and ends at the first conflict (spec/runtime.md 2.1).
 */
export async function followPolls({ api, host, bot, signal, opened, take }: UpdateSource): Promise<void> {
  // With a webhook set, polling is refused.
  await api.call('deleteWebhook', { drop_pending_updates: false }, limited(signal))
  await opened()
  const known: Offset | undefined = JSON.parse((await host.memory.get('offset')) ?? 'null') ?? undefined
  // Numbers of another bot mean nothing.
  let last = known?.bot === bot.id ? known.last : -1
  while (!signal.aborted) {
    const ask = { offset: last + 1, limit: batch, timeout: pollSeconds, allowed_updates: [...wantedUpdates] }
    const updates = await api
      .call('getUpdates', ask, limited(signal, pollSeconds * 1000 + pollGraceMs))
      .catch((error: unknown) => {
        if (signal.aborted) return []
        // A poll that is cut has lost nothing: the offset is ours.
        if (error instanceof ChannelFailure && error.kind === 'ambiguous') {
          throw new ChannelFailure('network', error.message)
        }
        throw error
      })
    host.alive()
    // Side by side they are one write to the disk; what is written first is handled first.
    await Promise.all(updates.map((update) => take(update)))
    last = updates.at(-1)?.update_id ?? last
    if (updates.length > 0) await host.memory.set('offset', JSON.stringify({ bot: bot.id, last } satisfies Offset))
  }
}
