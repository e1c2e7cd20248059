import { channelNames } from '../channels/accounts.js'
import { suggest } from '../config/suggest.js'
import { GatewayError } from '../kernel/errors.js'
import type { Translate } from './messages.js'

/** A channel of this version. Throws `not_found` for others, with the one that may be meant. */
export function knownChannel(t: Translate, channel: string): string {
  const all = channelNames()
  if (all.includes(channel)) return channel
  const meant = suggest(channel, all)
  const message = t('channels.unknown', { channel, known: all.join(', ') })
  throw new GatewayError('not_found', { message, ...(meant && { details: { meant } }) })
}
