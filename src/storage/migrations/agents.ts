/** Steps 5 to 12: responses, approvals, models, memory, and what agents at work came to need. */
export const agents: readonly string[] = [
  `
  CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    previous_id TEXT,
    owner TEXT NOT NULL,
    at INTEGER NOT NULL,
    response TEXT NOT NULL,
    input TEXT NOT NULL,
    messages TEXT NOT NULL
  );
  CREATE INDEX responses_at ON responses (at);
  CREATE INDEX responses_unfinished ON responses (json_extract(response, '$.status'))
    WHERE json_extract(response, '$.status') IN ('queued', 'in_progress');
  CREATE TABLE response_events (
    response_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (response_id, number)
  ) WITHOUT ROWID;
  CREATE TRIGGER responses_deleted AFTER DELETE ON responses BEGIN
    DELETE FROM response_events WHERE response_id = old.id;
  END;
  `,
  `
  CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    decision TEXT,
    reason TEXT,
    resolver TEXT
  ) WITHOUT ROWID;
  CREATE INDEX approvals_open ON approvals (status) WHERE status = 'pending';
  CREATE INDEX approvals_ended ON approvals (ended_at DESC, id DESC) WHERE ended_at IS NOT NULL;

  CREATE TABLE exec_grants (
    id TEXT PRIMARY KEY,
    approval_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    exact TEXT NOT NULL,
    command TEXT NOT NULL,
    cwd TEXT NOT NULL,
    files TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    revoked_by TEXT,
    used_at INTEGER,
    uses INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX exec_grants_exact ON exec_grants (agent, exact) WHERE revoked_at IS NULL;
  `,
  `
  CREATE TABLE model_cooldowns (
    key TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    errors INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE cli_sessions (
    session_id TEXT NOT NULL,
    backend TEXT NOT NULL,
    cli_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (session_id, backend)
  ) WITHOUT ROWID;
  CREATE INDEX cli_sessions_at ON cli_sessions (at);
  `,
  `
  CREATE TABLE memory_files (
    agent TEXT NOT NULL,
    path TEXT NOT NULL,
    stamp TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (agent, path)
  ) WITHOUT ROWID;
  CREATE TABLE memory_chunks (
    id INTEGER PRIMARY KEY,
    agent TEXT NOT NULL,
    path TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE INDEX memory_chunks_of_file ON memory_chunks (agent, path);
  CREATE INDEX memory_chunks_hash ON memory_chunks (hash);
  CREATE VIRTUAL TABLE memory_index USING fts5(
    scope, words, content = '', contentless_delete = 1, tokenize = 'ascii');
  CREATE VIRTUAL TABLE memory_terms USING fts5vocab('memory_index', 'row');
  CREATE TABLE memory_vectors (
    model TEXT NOT NULL,
    hash TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (model, hash)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE cli_sessions ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE cli_sessions ADD COLUMN digest TEXT NOT NULL DEFAULT '';
  `,
  `
  ALTER TABLE runs ADD COLUMN joined TEXT;
  CREATE INDEX runs_joined ON runs (joined) WHERE joined IS NOT NULL;
  `,
  `
  CREATE INDEX transcript_compactions ON transcript (session_id, seq) WHERE kind = 'compaction';
  ALTER TABLE sessions ADD COLUMN compactions INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN cache_write_tokens INTEGER;
  `,
  `
  CREATE TABLE subagents (
    run_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    row TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
]
