/** Steps 1 to 4: sessions, transcripts, runs, devices and nodes, system events. */
export const sessions: readonly string[] = [
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
]
