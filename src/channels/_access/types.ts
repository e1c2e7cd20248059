import type { Config } from '../../config/types.js'
import type { Account, Channel, Inbound } from '../port.js'

/** What access is judged by. */
export interface AccessFacts {
  readonly account: Pick<Account, 'channel' | 'id' | 'keys'>
  /** The whole config of this moment. */
  readonly config: Config
  readonly message: Pick<Inbound, 'place' | 'sender' | 'self'>
  readonly normalise: Channel['normaliseId']
  /** Senders that were approved by a pairing code, for this account. They count in direct messages alone. */
  readonly allowed: ReadonlySet<string>
  /** Natively, by an answer to the bot, or by a text pattern. */
  readonly mentioned: boolean
  /** What an owner chose for this group with /activation. */
  readonly activation?: 'mention' | 'always'
}

/** The words of `reason` are those that people look for in the log. `why` is the config key that decided. */
export type Verdict =
  | { readonly kind: 'admit'; readonly owner: boolean }
  | { readonly kind: 'pair' }
  | {
      readonly kind: 'drop'
      readonly reason: 'blocked' | 'mention required'
      readonly why: string
      /** Nothing but the mention was missing: it may be shown as what was said before. */
      readonly keepForHistory?: true
    }

/** Why a message goes no further; undefined when it does. */
export type Gate = Extract<Verdict, { kind: 'drop' }> | undefined

export function blocked(why: string): Extract<Verdict, { kind: 'drop' }> {
  return { kind: 'drop', reason: 'blocked', why }
}
