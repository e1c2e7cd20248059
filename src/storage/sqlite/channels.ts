import type { AccountKey, ChannelStore, InboxRow, NewOutboxRow, OutboxRow } from '../channel-types.js'
import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import { outboxInsert } from './outbox-insert.js'

/** Statements are prepared when the first is used: a gateway without channels needs none of them. */
export function openChannels(database: Database, commits: GroupCommit): ChannelStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  const put = (rows: readonly NewOutboxRow[], at: number) => {
    for (const { key, channel, account, place, body } of rows) sql().put.run({ key, channel, account, place, body, at })
  }
  return {
    take: ({ channel, account, messageId, place, at, body, runId }) =>
      commits.write(() => sql().take.run({ channel, account, messageId, place, at, body, runId }).changes > 0),
    open: () => commits.read(() => (sql().open.all() as RawInbox[]).map(inboxRow)),
    join: (rows, runId) =>
      commits.write(() => {
        for (const { channel, account, messageId } of rows) sql().join.run({ channel, account, messageId, runId })
      }),
    retry: (rows, runId) =>
      commits.write(() => {
        for (const { channel, account, messageId } of rows) sql().retry.run({ channel, account, messageId, runId })
      }),
    preview: ({ channel, account, messageId }, preview) =>
      commits.write(() => void sql().preview.run({ channel, account, messageId, preview })),
    say: ({ channel, account, messageId }, preview, answers, at) =>
      commits.write(() => {
        put(answers, at)
        sql().preview.run({ channel, account, messageId, preview })
      }),
    end: (rows, { status, at, error = null }, answers) =>
      commits.write(() => {
        put(answers, at)
        for (const { channel, account, messageId } of rows)
          sql().end.run({ channel, account, messageId, status, at, error })
      }),
    put: (rows, at) => commits.write(() => put(rows, at)),
    unsent: () => commits.read(() => (sql().unsent.all() as RawOutbox[]).map(outboxRow)),
    outbox: (key) =>
      commits.read(() => {
        const raw = sql().outbox.get(key) as RawOutbox | undefined
        return raw && outboxRow(raw)
      }),
    mark: (key, { status, at, attempts = null, nextAt = null, messageId = null, body = null, error = null }) =>
      commits.write(() => void sql().mark.run({ key, status, at, attempts, nextAt, messageId, body, error })),
    dead: (limit) =>
      commits.read(() =>
        [
          ...(sql().deadInbox.all(limit) as RawInbox[]).map((raw) => ({ ...inboxRow(raw), ...errorOf(raw) })),
          ...(sql().deadOutbox.all(limit) as RawOutbox[]).map(outboxRow),
        ]
          .sort((a, b) => cameAt(b) - cameAt(a))
          .slice(0, limit),
      ),
    memory: ({ channel, account }, key) =>
      commits.read(() => (sql().memory.get(channel, account, key) as { readonly value: string } | undefined)?.value),
    memories: ({ channel, account }, prefix) =>
      commits.read(() =>
        (sql().memories.all(channel, account, prefix, `${prefix}\u{10FFFF}`) as { readonly value: string }[]).map(
          ({ value }) => value,
        ),
      ),
    places: ({ channel, account }, limit) =>
      commits.read(() =>
        (sql().places.all(channel, account, limit) as { readonly place: string }[]).map(({ place }) => place),
      ),
    remember: ({ channel, account }, key, value) =>
      commits.write(() => void sql().remember.run(channel, account, key, value)),
    prune: (before, dead) =>
      commits.write(() => {
        sql().pruneInbox.run({ before, dead })
        sql().pruneOutbox.run({ before, dead })
      }),
  }
}

interface RawInbox extends AccountKey {
  readonly message_id: string
  readonly place: string
  readonly at: number
  readonly body: string
  readonly run_id: string
  readonly attempts: number
  readonly preview: string | null
  readonly error: string | null
}

interface RawOutbox extends AccountKey {
  readonly key: string
  readonly place: string
  readonly created_at: number
  readonly body: string
  readonly status: OutboxRow['status']
  readonly attempts: number
  readonly next_at: number
  readonly changed_at: number | null
  readonly message_id: string | null
  readonly error: string | null
}

const errorOf = ({ error }: { readonly error: string | null }) => (error === null ? {} : { error })

function inboxRow({ channel, account, message_id, place, at, body, run_id, attempts, preview }: RawInbox): InboxRow {
  const row = { channel, account, messageId: message_id, place, at, body, runId: run_id, attempts }
  return preview === null ? row : { ...row, preview }
}

const cameAt = (row: InboxRow | OutboxRow) => ('at' in row ? row.at : row.createdAt)

function outboxRow(raw: RawOutbox): OutboxRow {
  const { key, channel, account, place, created_at, body, status, attempts, next_at, message_id, changed_at } = raw
  return {
    ...{ key, channel, account, place, createdAt: created_at, body, status, attempts, nextAt: next_at },
    ...(changed_at !== null && { changedAt: changed_at }),
    ...(message_id !== null && { messageId: message_id }),
    ...errorOf(raw),
  }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  const mine = 'channel = @channel AND account = @account AND message_id = @messageId'
  return {
    take: sql(`
      INSERT INTO channel_inbox (channel, account, message_id, place, at, body, run_id, status)
      VALUES (@channel, @account, @messageId, @place, @at, @body, @runId, 'open')
      ON CONFLICT (channel, account, message_id) DO NOTHING`),
    open: sql(`SELECT * FROM channel_inbox WHERE status = 'open' ORDER BY number`),
    join: sql(`UPDATE channel_inbox SET run_id = @runId WHERE ${mine}`),
    retry: sql(`UPDATE channel_inbox SET run_id = @runId, attempts = attempts + 1 WHERE ${mine}`),
    preview: sql(`UPDATE channel_inbox SET preview = @preview WHERE ${mine}`),
    end: sql(`
      UPDATE channel_inbox SET status = @status, ended_at = @at, error = @error,
        body = CASE WHEN @status = 'dead' THEN body ELSE '' END WHERE ${mine}`),
    put: sql(outboxInsert),
    unsent: sql(`SELECT * FROM channel_outbox WHERE status IN ('pending', 'sending') ORDER BY number`),
    outbox: sql('SELECT * FROM channel_outbox WHERE key = ?'),
    mark: sql(`
      UPDATE channel_outbox SET status = @status, changed_at = @at, attempts = coalesce(@attempts, attempts),
        next_at = coalesce(@nextAt, next_at), message_id = coalesce(@messageId, message_id), body = coalesce(@body, body),
        error = @error
      WHERE key = @key`),
    deadInbox: sql(`SELECT * FROM channel_inbox WHERE status = 'dead' ORDER BY number DESC LIMIT ?`),
    deadOutbox: sql(`SELECT * FROM channel_outbox WHERE status = 'dead' ORDER BY number DESC LIMIT ?`),
    memory: sql('SELECT value FROM channel_memory WHERE channel = ? AND account = ? AND key = ?'),
    memories: sql(`
      SELECT value FROM channel_memory WHERE channel = ? AND account = ? AND key >= ? AND key < ? ORDER BY key`),
    places: sql(`
      SELECT place FROM channel_inbox WHERE channel = ? AND account = ? AND status <> 'dropped'
      GROUP BY place ORDER BY max(number) DESC LIMIT ?`),
    remember: sql(`
      INSERT INTO channel_memory (channel, account, key, value) VALUES (?, ?, ?, ?)
      ON CONFLICT (channel, account, key) DO UPDATE SET value = excluded.value`),
    pruneInbox: sql(
      `DELETE FROM channel_inbox WHERE (status IN ('done', 'dropped') AND ended_at < @before) OR (status = 'dead' AND ended_at < @dead)`,
    ),
    pruneOutbox: sql(
      `DELETE FROM channel_outbox WHERE (status = 'sent' AND changed_at < @before) OR (status = 'dead' AND changed_at < @dead)`,
    ),
  }
}
