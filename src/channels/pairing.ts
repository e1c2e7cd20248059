import { randomInt } from 'node:crypto'
import { commandFor } from '../instance/profile.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { uuidOf } from '../kernel/random-id.js'
import type { AccountKey, ChatAllowedRow, ChatPairingRow, ChatPairingStore } from '../storage/types.js'
import type { Sender } from './port.js'

/** How long a code can be approved, in milliseconds (spec/runtime.md 1.3). */
export const PAIRING_TTL_MS = 3_600_000
/** Requests that wait at once for one account. */
export const PAIRING_CAP = 3
/** Capital letters and digits without those that are taken for each other: 0 O 1 I. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const codeLength = 8
const wrongCodes = { most: 10, withinMs: 600_000 }

export interface ChatPairingOptions {
  readonly store: ChatPairingStore
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  /** For errors: codes are good for this profile alone. */
  readonly profile: string
  /** Tells somebody that he was let in; undefined where nothing can be sent. */
  readonly notify?: (row: ChatPairingRow) => Promise<Exclude<Notification, 'not-requested'>>
}

/** What became of the word to somebody who was let in. */
export type Notification = 'not-requested' | 'sent' | 'unsupported' | 'failed'

/** A code and, where more than one account could mean it, which. */
export interface CodeWish {
  readonly code: string
  readonly channel?: string | undefined
  readonly account?: string | undefined
}

/** Who may write directly to the bots of one gateway because somebody approved his code. */
export class ChatPairing {
  readonly #options: ChatPairingOptions
  #wrong: number[] = []

  constructor(options: ChatPairingOptions) {
    this.#options = options
  }

  /**
   * The code of somebody who wrote. `created` is true once an hour: only then he is answered. Undefined: as many as may
   * are waiting already, and he gets no answer.
   */
  async request(
    channel: string,
    account: string,
    sender: Pick<Sender, 'id' | 'name' | 'username'>,
  ): Promise<{ readonly code: string; readonly created: boolean } | undefined> {
    const at = this.#options.clock.now()
    const name = nameOf(sender)
    const who = { channel, account, sender: sender.id, at, ...(name !== undefined && { name }) }
    const rules = { codes: [newCode(), newCode(), newCode()], since: at - PAIRING_TTL_MS, cap: PAIRING_CAP }
    const filed = await this.#options.store.request(who, rules)
    return filed && { code: filed.row.code, created: filed.created }
  }

  /** Those that wait, oldest first. */
  async list({ channel, account }: Partial<AccountKey> = {}): Promise<ChatPairingRow[]> {
    const rows = await this.#options.store.pending(this.#since())
    return rows.filter(
      (row) => (channel === undefined || row.channel === channel) && (account === undefined || row.account === account),
    )
  }

  /**
   * Lets the sender in who got this code. Throws `not_found`, which names the profile, and `rate_limited` after too many
   * wrong codes, also for the right one.
   */
  async approve(wish: CodeWish): Promise<ChatPairingRow> {
    this.#mayGuess()
    const code = canonicalCode(wish.code)
    const found = (await this.list({ ...wish })).find((row) => row.code === code)
    if (!found) {
      this.#wrong.push(this.#options.clock.monotonic())
      throw this.#unknown(wish)
    }
    return this.approveRequest(requestId(found), found)
  }

  /** The same, by the id of the request. Throws `not_found`. */
  async approveRequest(id: string, account: AccountKey): Promise<ChatPairingRow> {
    const row = await this.#find(id, account)
    const now = this.#options.clock.now()
    const approved = row && (await this.#options.store.approve(row, this.#since(), now))
    if (!approved) throw unknownRequest(this.#options.profile)
    return approved
  }

  get canNotify(): boolean {
    return this.#options.notify !== undefined
  }

  /** Never rejects: he is let in, told or not. */
  async notify(row: ChatPairingRow): Promise<Notification> {
    return (await this.#options.notify?.(row).catch(() => 'failed' as const)) ?? 'unsupported'
  }

  /** Forgets a request; its sender may ask again. Throws `not_found`. */
  async dismissRequest(id: string, account: AccountKey): Promise<ChatPairingRow> {
    const row = await this.#find(id, account)
    const dismissed = row && (await this.#options.store.dismiss(row, this.#since()))
    if (!dismissed) throw unknownRequest(this.#options.profile)
    return dismissed
  }

  /** As `dismissRequest`, by the code. */
  async dismiss(wish: CodeWish): Promise<ChatPairingRow> {
    const code = canonicalCode(wish.code)
    const found = (await this.list({ ...wish })).find((row) => row.code === code)
    if (!found) throw this.#unknown(wish)
    return this.dismissRequest(requestId(found), found)
  }

  /** Read anew each time: a command may have approved somebody while the gateway runs. */
  async allowed(channel: string, account: string): Promise<ReadonlySet<string>> {
    return new Set(await this.#options.store.allowed({ channel, account }))
  }

  /** Everybody who was let in, newest first. */
  listAllowed(): Promise<ChatAllowedRow[]> {
    return this.#options.store.allAllowed()
  }

  /** Takes back what an approval gave; false when nobody had given it. What the config allows stays allowed. */
  remove(account: AccountKey, sender: string): Promise<boolean> {
    return this.#options.store.remove(account, sender)
  }

  async #find(id: string, { channel, account }: AccountKey): Promise<ChatPairingRow | undefined> {
    return (await this.list({ channel, account })).find((row) => requestId(row) === id)
  }

  #since(): number {
    return this.#options.clock.now() - PAIRING_TTL_MS
  }

  #mayGuess(): void {
    const { most, withinMs } = wrongCodes
    const now = this.#options.clock.monotonic()
    this.#wrong = this.#wrong.filter((at) => at > now - withinMs)
    const [first] = this.#wrong
    if (this.#wrong.length < most || first === undefined) return
    const minutes = Math.ceil((first + withinMs - now) / 60_000)
    throw new GatewayError('rate_limited', {
      message: `Too many wrong pairing codes. Wait ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    })
  }

  #unknown({ channel, code }: CodeWish): GatewayError {
    const { profile } = this.#options
    const where = channel === undefined ? '' : ` for ${channel}`
    return new GatewayError('not_found', {
      message:
        `No pending pairing request${where} has the code "${code.slice(0, 40)}" in the profile "${profile}". ` +
        'Codes are good for 60 minutes, and for the profile that is named beside them.',
      details: { profile, next: 'pairing list' },
    })
  }
}

/** Names a request without telling its code. */
export function requestId({ channel, account, code }: Pick<ChatPairingRow, 'channel' | 'account' | 'code'>): string {
  return uuidOf(`chat pairing ${channel} ${account} ${code}`)
}

/** As it is kept, however it was typed. */
export function canonicalCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase()
}

export interface PairingAnswer {
  readonly profile: string
  readonly channel: string
  readonly label: string
  readonly account: string
  readonly sender: string
  readonly code: string
}

/** What a stranger is answered: who he is here, his code, and what the owner has to run. */
export function pairingText({ profile, channel, label, account, sender, code }: PairingAnswer): string {
  const more = account === 'default' ? '' : ` --account ${account}`
  const command = commandFor({ profile }, `pairing approve ${channel} ${code}${more}`)
  return [
    'This bot does not know you yet. Its owner has to let you in.',
    '机器人还不认识你，请让管理员批准下面的配对码。',
    '',
    `Your ${label} id: ${sender}`,
    `Pairing code: ${code} (good for 60 minutes)`,
    '',
    `For the owner (profile "${profile}"):`,
    '```',
    command,
    '```',
  ].join('\n')
}

function unknownRequest(profile: string): GatewayError {
  return new GatewayError('not_found', {
    message: `There is no such pairing request in the profile "${profile}" any more.`,
    details: { profile, next: 'pairing list' },
  })
}

function newCode(): string {
  return Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** For the list of the owner; strangers choose it, so it is short and holds nothing unseen. */
function nameOf({ name, username }: Pick<Sender, 'name' | 'username'>): string | undefined {
  const parts = [name, username === undefined ? undefined : `@${username}`]
  const text = parts
    .flatMap((part) => part?.replace(/[\p{C}\s]+/gu, ' ').trim() || [])
    .join(' ')
    .slice(0, 80)
  return text === '' ? undefined : text.replace(/[\ud800-\udbff]$/, '')
}
