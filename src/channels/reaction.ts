import type { Config } from '../config/types.js'
import type { Account, ChatKind, Connection, Place } from './port.js'

const usualEmoji = '👀'

/** `channels.<id>.ackReaction` as an object: where it is shown, in place of `messages.ackReactionScope`. */
interface OwnRules {
  readonly emoji?: string
  readonly direct?: boolean
  readonly group?: 'always' | 'mentions' | 'never'
}

export interface HeardFacts {
  readonly kind: ChatKind
  /** Somebody spoke to the bot. */
  readonly mentioned: boolean
  /** Of the agent that answers. */
  readonly identityEmoji: string | undefined
}

export interface AckReaction {
  readonly emoji: string
  /** Shown where the platform does not know the emoji of the agent, which nobody has chosen for this. */
  readonly instead?: string
}

/** The reaction that shows that a message was taken; undefined for none here (spec/runtime.md 1.7). */
export function ackReaction({ keys }: Account, { messages }: Config, facts: HeardFacts): AckReaction | undefined {
  const { ackReaction: own } = keys as { readonly ackReaction?: string | OwnRules }
  const rules = typeof own === 'object' ? own : undefined
  const chosen = (typeof own === 'string' ? own : rules?.emoji) ?? messages?.ackReaction
  const shown = rules ? ownScope(rules, facts) : scope(messages?.ackReactionScope, facts)
  if (!shown || chosen === '') return undefined
  if (chosen !== undefined) return { emoji: chosen }
  return facts.identityEmoji ? { emoji: facts.identityEmoji, instead: usualEmoji } : { emoji: usualEmoji }
}

function ownScope({ direct = true, group = 'mentions' }: OwnRules, { kind, mentioned }: HeardFacts): boolean {
  if (kind === 'direct') return direct
  return group === 'always' || (group === 'mentions' && mentioned)
}

function scope(
  where: NonNullable<Config['messages']>['ackReactionScope'] = 'group-mentions',
  { kind, mentioned }: HeardFacts,
): boolean {
  if (where === 'all') return true
  if (kind === 'direct') return where === 'direct'
  return where === 'group-all' || (where === 'group-mentions' && mentioned)
}

/** Takes a reaction of the bot away: this one where it may have several, else whatever it has set. */
export async function takeReaction(
  connection: Pick<Connection, 'react' | 'unreact'>,
  place: Place,
  id: string,
  emoji: string,
  signal: AbortSignal,
): Promise<void> {
  if (emoji !== '' && connection.unreact) await connection.unreact(place, id, emoji, signal)
  else await connection.react?.(place, id, '', signal)
}
