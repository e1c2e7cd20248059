import type { AccountKey } from '../channel-types.js'
import type { ChatAllowedRow, ChatPairingRow, ChatPairingStore } from '../chat-pairing-types.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'

export interface RawPairing extends AccountKey {
  readonly code: string
  readonly sender: string
  readonly name: string | null
  readonly created_at: number
  readonly seen_at: number
}

/** Those that still count, oldest first. */
export const pendingSql = 'SELECT * FROM channel_pairing WHERE created_at > ? ORDER BY created_at, code'

interface RawAllowed extends AccountKey {
  readonly sender: string
  readonly name: string | null
  readonly approved_at: number
}

/** Pairing of chat senders. Statements are prepared when the first is used. */
export function openChatPairing(database: Database, commits: GroupCommit): ChatPairingStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const waiting = ({ code, channel, account }: Pick<ChatPairingRow, 'code' | 'channel' | 'account'>, since: number) => {
    const raw = sql().find.get({ code, channel, account, since }) as RawPairing | undefined
    if (raw) sql().drop.run(code)
    return raw && pairingRow(raw)
  }
  return {
    request: ({ channel, account, sender, name = null, at }, { codes, since, cap }) =>
      commits.write(() => {
        const { prune, mine, seen, count, insert, taken } = sql()
        prune.run(since)
        const known = mine.get({ channel, account, sender }) as RawPairing | undefined
        if (known) {
          seen.run(at, known.code)
          return { row: { ...pairingRow(known), seenAt: at }, created: false }
        }
        const { waiting } = count.get({ channel, account }) as { readonly waiting: number }
        const code = waiting < cap ? codes.find((free) => taken.get(free) === undefined) : undefined
        if (code === undefined) return undefined
        insert.run({ code, channel, account, sender, name, at })
        const row = pairingRow({ code, channel, account, sender, name, created_at: at, seen_at: at })
        return { row, created: true }
      }),
    pending: (since) => commits.read(() => (sql().pending.all(since) as RawPairing[]).map(pairingRow)),
    approve: (which, since, at) =>
      commits.write(() => {
        const row = waiting(which, since)
        if (!row) return undefined
        const { channel, account, sender, name = null } = row
        sql().allow.run({ channel, account, sender, name, at })
        return row
      }),
    dismiss: (which, since) => commits.write(() => waiting(which, since)),
    allowed: ({ channel, account }) =>
      commits.read(() => (sql().allowed.all({ channel, account }) as { sender: string }[]).map(({ sender }) => sender)),
    allAllowed: () => commits.read(() => (sql().allAllowed.all() as RawAllowed[]).map(allowedRow)),
    remove: ({ channel, account }, sender) =>
      commits.write(() => sql().remove.run({ channel, account, sender }).changes > 0),
  }
}

export function pairingRow({ code, channel, account, sender, name, created_at, seen_at }: RawPairing): ChatPairingRow {
  const row = { code, channel, account, sender, createdAt: created_at, seenAt: seen_at }
  return name === null ? row : { ...row, name }
}

function allowedRow({ channel, account, sender, name, approved_at: approvedAt }: RawAllowed): ChatAllowedRow {
  const row = { channel, account, sender, approvedAt }
  return name === null ? row : { ...row, name }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    prune: sql('DELETE FROM channel_pairing WHERE created_at <= ?'),
    mine: sql('SELECT * FROM channel_pairing WHERE channel = @channel AND account = @account AND sender = @sender'),
    seen: sql('UPDATE channel_pairing SET seen_at = ? WHERE code = ?'),
    count: sql('SELECT count(*) AS waiting FROM channel_pairing WHERE channel = @channel AND account = @account'),
    taken: sql('SELECT code FROM channel_pairing WHERE code = ?'),
    insert: sql(`INSERT INTO channel_pairing (code, channel, account, sender, name, created_at, seen_at)
      VALUES (@code, @channel, @account, @sender, @name, @at, @at)`),
    pending: sql(pendingSql),
    find: sql(`SELECT * FROM channel_pairing
      WHERE code = @code AND channel = @channel AND account = @account AND created_at > @since`),
    drop: sql('DELETE FROM channel_pairing WHERE code = ?'),
    allow: sql(`INSERT INTO channel_allowed (channel, account, sender, name, approved_at)
      VALUES (@channel, @account, @sender, @name, @at)
      ON CONFLICT (channel, account, sender) DO UPDATE SET name = excluded.name, approved_at = excluded.approved_at`),
    allowed: sql('SELECT sender FROM channel_allowed WHERE channel = @channel AND account = @account'),
    allAllowed: sql('SELECT * FROM channel_allowed ORDER BY approved_at DESC, channel, account, sender'),
    remove: sql('DELETE FROM channel_allowed WHERE channel = @channel AND account = @account AND sender = @sender'),
  }
}
