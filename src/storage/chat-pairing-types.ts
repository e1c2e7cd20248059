import type { AccountKey } from './channel-types.js'

/** Somebody who wrote to a bot and waits to be let in. */
export interface ChatPairingRow extends AccountKey {
  readonly code: string
  readonly sender: string
  readonly name?: string
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number
  /** When he wrote last. */
  readonly seenAt: number
}

/** Somebody who was let in. */
export interface ChatAllowedRow extends AccountKey {
  readonly sender: string
  readonly name?: string
  readonly approvedAt: number
}

export interface ChatPairingStore {
  /**
   * Files a request under the first of these codes that is free, or gives the one that waits. Undefined: as many as may
   * are waiting, or no code is free. Requests from before `since` are forgotten.
   */
  request(
    who: AccountKey & { readonly sender: string; readonly name?: string; readonly at: number },
    rules: { readonly codes: readonly string[]; readonly since: number; readonly cap: number },
  ): Promise<{ readonly row: ChatPairingRow; readonly created: boolean } | undefined>
  /** Those from `since` on, oldest first. */
  pending(since: number): Promise<ChatPairingRow[]>
  /** Moves a request among those who are let in; undefined when there is none any more. */
  approve(
    row: Pick<ChatPairingRow, 'code' | 'channel' | 'account'>,
    since: number,
    at: number,
  ): Promise<ChatPairingRow | undefined>
  /** Forgets a request; undefined when there is none. */
  dismiss(row: Pick<ChatPairingRow, 'code' | 'channel' | 'account'>, since: number): Promise<ChatPairingRow | undefined>
  allowed(account: AccountKey): Promise<string[]>
  /** Of every account, newest first. */
  allAllowed(): Promise<ChatAllowedRow[]>
  /** False when he was not let in. */
  remove(account: AccountKey, sender: string): Promise<boolean>
}
