/** Steps 13 and on: chat channels. */
export const channels: readonly string[] = [
  `
  CREATE TABLE channel_inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    message_id TEXT NOT NULL,
    place TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    run_id TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER,
    error TEXT,
    UNIQUE (channel, account, message_id)
  );
  CREATE INDEX channel_inbox_open ON channel_inbox (number) WHERE status = 'open';
  CREATE INDEX channel_inbox_dead ON channel_inbox (number) WHERE status = 'dead';
  CREATE INDEX channel_inbox_ended ON channel_inbox (ended_at) WHERE status IN ('done', 'dropped');

  CREATE TABLE channel_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    place TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    changed_at INTEGER,
    message_id TEXT,
    error TEXT
  );
  CREATE INDEX channel_outbox_unsent ON channel_outbox (number) WHERE status IN ('pending', 'sending');
  CREATE INDEX channel_outbox_dead ON channel_outbox (number) WHERE status = 'dead';
  CREATE INDEX channel_outbox_changed ON channel_outbox (changed_at) WHERE status = 'sent';

  CREATE TABLE channel_memory (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (channel, account, key)
  ) WITHOUT ROWID;

  CREATE TABLE channel_pairing (
    code TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    name TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (channel, account, sender)
  ) WITHOUT ROWID;

  CREATE TABLE channel_allowed (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    name TEXT,
    approved_at INTEGER NOT NULL,
    PRIMARY KEY (channel, account, sender)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE channel_pairing ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
  `,
]
