import { ChannelFailure, type Poll, type PollLimits, type ReadWish, type SeenMessage } from '../channels/port.js'
import { takeReaction } from '../channels/reaction.js'
import { GatewayError } from '../kernel/errors.js'
import type { Channels } from './channels.js'
import { unsupported } from './chat-abilities.js'
import type { ChatRoute } from './chat-routes.js'

const fewestOptions = 2
const actMs = 20_000

export interface Reaction {
  readonly messageId: string
  /** Empty with `remove`: all that the bot has set. */
  readonly emoji: string
  readonly remove: boolean
}

/** Sets a reaction or takes it away. Throws as all of these do: `channel_unavailable`, `channel_unsupported`, `channel_failed`. */
export async function react(
  channels: Channels,
  to: ChatRoute,
  { messageId, emoji, remove }: Reaction,
  signal: AbortSignal,
): Promise<void> {
  const connection = channels.connected(to)
  if (!connection.react) throw await unsupported(to.channel, 'react')
  const { place } = to
  const limit = limited(signal)
  const work = remove
    ? takeReaction(connection, place, messageId, emoji, limit)
    : connection.react(place, messageId, emoji, limit)
  await done(to, work)
}

export async function changeMessage(
  channels: Channels,
  to: ChatRoute,
  messageId: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const connection = channels.connected(to)
  if (!connection.edit) throw await unsupported(to.channel, 'edit')
  await done(to, connection.edit(to.place, messageId, text, limited(signal)))
}

export async function deleteMessage(
  channels: Channels,
  to: ChatRoute,
  messageId: string,
  signal: AbortSignal,
): Promise<void> {
  const connection = channels.connected(to)
  if (!connection.remove) throw await unsupported(to.channel, 'delete')
  await done(to, connection.remove(to.place, messageId, limited(signal)))
}

/** Keeps a message in view of its chat, or lets it go. */
export async function pinMessage(
  channels: Channels,
  to: ChatRoute,
  messageId: string,
  action: 'pin' | 'unpin',
  signal: AbortSignal,
): Promise<void> {
  const connection = channels.connected(to)
  const act = connection[action]
  if (!act) throw await unsupported(to.channel, action)
  await done(to, act.call(connection, to.place, messageId, limited(signal)))
}

export async function pinnedMessages(
  channels: Channels,
  to: ChatRoute,
  signal: AbortSignal,
): Promise<readonly SeenMessage[]> {
  const connection = channels.connected(to)
  if (!connection.pins) throw await unsupported(to.channel, 'pins')
  return done(to, connection.pins(to.place, limited(signal)))
}

/** What was said in a chat, the oldest first. */
export async function readMessages(
  channels: Channels,
  to: ChatRoute,
  wish: ReadWish,
  signal: AbortSignal,
): Promise<readonly SeenMessage[]> {
  const connection = channels.connected(to)
  if (!connection.read) throw await unsupported(to.channel, 'read')
  return done(to, connection.read(to.place, wish, limited(signal)))
}

/** Asks something in a chat. Throws `invalid_request` too, for what is beyond the limits of the platform. */
export async function sendPoll(
  channels: Channels,
  to: ChatRoute,
  poll: Poll,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly pollId?: string }> {
  const connection = channels.connected(to)
  const limits = channels.capabilities(to.channel)?.polls
  if (!connection.poll || !limits) throw await unsupported(to.channel, 'poll')
  const problem = problemOf(poll, limits)
  if (problem !== undefined)
    throw new GatewayError('invalid_request', { message: `A poll of ${to.channel} ${problem}.` })
  return done(to, connection.poll(to.place, poll, limited(signal)))
}

function problemOf(
  { question, options, maxSelections, seconds, anonymous }: Poll,
  limits: PollLimits,
): string | undefined {
  const long = options.find((option) => option.length > limits.option)
  if (question.length > limits.question) return `takes a question of ${limits.question} characters`
  if (options.length < fewestOptions || options.length > limits.options) {
    return `takes ${fewestOptions} to ${limits.options} options; there are ${options.length}`
  }
  if (long !== undefined) return `takes options of ${limits.option} characters; "${long.slice(0, 30)}…" is longer`
  if (maxSelections > options.length) return `with ${options.length} options cannot take ${maxSelections} answers`
  if (anonymous !== undefined && !limits.anonymous) return 'shows who has voted or not as the platform decides'
  if (seconds === undefined) return undefined
  if (!limits.seconds) return 'does not end by itself: leave the duration out'
  const [least, most] = limits.seconds
  return seconds < least || seconds > most ? `lasts ${least} to ${most} seconds` : undefined
}

/** What the platform says becomes an error of ours; it may have been done all the same when no answer came. */
async function done<T>({ channel }: ChatRoute, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    if (!(thrown instanceof ChannelFailure)) throw thrown
    const { kind, message, retryAfterMs } = thrown
    throw new GatewayError('channel_failed', {
      message: `Not done over ${channel}: ${message}.`,
      details: { kind, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    })
  }
}

const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(actMs)])
