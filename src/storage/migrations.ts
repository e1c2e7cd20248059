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
  `
  CREATE TABLE sessions_2 (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    interacted_at INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    previous_id TEXT,
    entry TEXT NOT NULL,
    label TEXT,
    category TEXT,
    parent TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    title TEXT,
    preview TEXT,
    search TEXT NOT NULL,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    context_tokens INTEGER,
    cost REAL,
    run_id TEXT,
    run_status TEXT,
    run_started_at INTEGER,
    run_ended_at INTEGER,
    run_error TEXT
  );
  INSERT INTO sessions_2
    (key, id, agent, created_at, started_at, updated_at, interacted_at, next_seq, entry, title, preview, search)
  SELECT key, id, agent, created_at, created_at, updated_at, updated_at, next_seq, '{}', title, preview,
    lower(key || char(10) || coalesce(title, ''))
  FROM (SELECT *,
    (SELECT substr(json_extract(body, '$.message.content[0].text'), 1, 60) FROM transcript
      WHERE session_id = id AND kind = 'message' AND json_extract(body, '$.message.role') = 'user'
      ORDER BY seq LIMIT 1) AS title,
    (SELECT substr(json_extract(body, '$.message.content[0].text'), 1, 160) FROM transcript
      WHERE session_id = id AND kind = 'message' ORDER BY seq DESC LIMIT 1) AS preview
    FROM sessions) ORDER BY updated_at, key;
  DROP TABLE sessions;
  ALTER TABLE sessions_2 RENAME TO sessions;
  CREATE INDEX sessions_updated ON sessions (archived, updated_at DESC, row DESC);
  CREATE INDEX sessions_interacted ON sessions (archived, interacted_at DESC, row DESC);
  CREATE INDEX sessions_of_agent ON sessions (agent, archived, updated_at DESC, row DESC);
  CREATE INDEX sessions_label ON sessions (label) WHERE label IS NOT NULL;
  CREATE INDEX sessions_category ON sessions (category) WHERE category IS NOT NULL;
  CREATE INDEX sessions_parent ON sessions (parent) WHERE parent IS NOT NULL;

  CREATE TABLE session_totals (
    agent TEXT NOT NULL,
    archived INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (agent, archived)
  ) WITHOUT ROWID;
  INSERT INTO session_totals SELECT agent, archived, count(*) FROM sessions GROUP BY agent, archived;
  CREATE TRIGGER sessions_counted AFTER INSERT ON sessions BEGIN
    INSERT INTO session_totals VALUES (new.agent, new.archived, 1)
    ON CONFLICT (agent, archived) DO UPDATE SET total = total + 1;
  END;
  CREATE TRIGGER sessions_uncounted AFTER DELETE ON sessions BEGIN
    UPDATE session_totals SET total = total - 1 WHERE agent = old.agent AND archived = old.archived;
  END;
  CREATE TRIGGER sessions_recounted AFTER UPDATE OF archived ON sessions WHEN old.archived <> new.archived BEGIN
    UPDATE session_totals SET total = total - 1 WHERE agent = old.agent AND archived = old.archived;
    INSERT INTO session_totals VALUES (new.agent, new.archived, 1)
    ON CONFLICT (agent, archived) DO UPDATE SET total = total + 1;
  END;

  CREATE TABLE past_transcripts (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    agent TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    entries INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX past_transcripts_of_key ON past_transcripts (key, ended_at DESC);

  ALTER TABLE runs ADD COLUMN input TEXT;
  ALTER TABLE runs ADD COLUMN input_tokens INTEGER;
  ALTER TABLE runs ADD COLUMN output_tokens INTEGER;
  ALTER TABLE runs ADD COLUMN cache_read_tokens INTEGER;
  ALTER TABLE runs ADD COLUMN cost REAL;
  UPDATE runs SET input_tokens = json_extract(usage, '$.input'), output_tokens = json_extract(usage, '$.output'),
    cache_read_tokens = json_extract(usage, '$.cacheRead') WHERE usage IS NOT NULL;
  DROP INDEX runs_running;
  CREATE INDEX runs_open ON runs (status) WHERE status IN ('queued', 'running');
  CREATE INDEX runs_started ON runs (started_at);
  CREATE INDEX runs_of_session ON runs (session_key, started_at);
  CREATE INDEX runs_pending ON runs (session_key, started_at) WHERE input IS NOT NULL;
  `,
  `
  CREATE TABLE system_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_key TEXT NOT NULL,
    text TEXT NOT NULL,
    wake TEXT NOT NULL,
    at INTEGER NOT NULL
  );
  CREATE INDEX system_events_of_session ON system_events (session_key, id);
  `,
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
