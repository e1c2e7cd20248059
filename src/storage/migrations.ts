/**
 * Forward-only steps; the index of a step plus one is the `user_version` that it leads to. A released step is never
 * edited: a change is a new step.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE sessions (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    next_seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_recent ON sessions (updated_at DESC, key DESC);
  CREATE INDEX sessions_agent_recent ON sessions (agent, updated_at DESC, key DESC);

  CREATE TABLE transcript (
    session_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
  ) WITHOUT ROWID;
  CREATE INDEX transcript_resets ON transcript (session_id, seq) WHERE kind = 'reset';

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    session_key TEXT NOT NULL,
    agent TEXT NOT NULL,
    origin TEXT NOT NULL,
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    usage TEXT,
    error TEXT
  ) WITHOUT ROWID;
  CREATE INDEX runs_running ON runs (status) WHERE status = 'running';
  `,
  `
  CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    about TEXT NOT NULL,
    label TEXT,
    roles TEXT NOT NULL,
    scopes TEXT NOT NULL,
    approved_via TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    approved_at INTEGER NOT NULL,
    seen_at INTEGER,
    seen_reason TEXT
  ) WITHOUT ROWID;

  CREATE TABLE device_tokens (
    device_id TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    salt TEXT NOT NULL,
    hash TEXT NOT NULL,
    generation TEXT,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER,
    revoked_at INTEGER,
    used_at INTEGER,
    PRIMARY KEY (device_id, role)
  ) WITHOUT ROWID;

  CREATE TABLE pair_requests (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    device_id TEXT NOT NULL,
    role TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX pair_requests_device ON pair_requests (device_id);

  CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    display_name TEXT,
    declared TEXT NOT NULL,
    approved TEXT,
    approved_at INTEGER,
    connected_at INTEGER,
    path_env TEXT
  ) WITHOUT ROWID;
  `,
]
