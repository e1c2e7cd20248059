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
]
