/** Steps of what the gateway does by itself. */
export const automation: readonly string[] = [
  `
  CREATE TABLE cron_jobs (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    next_at INTEGER,
    running_at INTEGER,
    last_status TEXT,
    job TEXT NOT NULL,
    state TEXT NOT NULL,
    owner INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX cron_jobs_due ON cron_jobs (next_at) WHERE enabled = 1 AND next_at IS NOT NULL AND running_at IS NULL;
  CREATE INDEX cron_jobs_name ON cron_jobs (name, id);
  CREATE INDEX cron_jobs_updated ON cron_jobs (updated_at, id);

  CREATE TABLE cron_runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    job_id TEXT NOT NULL,
    job_name TEXT NOT NULL,
    agent TEXT NOT NULL,
    at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    ended_at INTEGER,
    own_session TEXT,
    delivery TEXT,
    report TEXT
  );
  CREATE INDEX cron_runs_job ON cron_runs (job_id, number);
  CREATE INDEX cron_runs_sessions ON cron_runs (ended_at) WHERE own_session IS NOT NULL;
  CREATE INDEX cron_runs_running ON cron_runs (number) WHERE status = 'running';
  `,
  // What a chat shows of an answer while it is written.
  `
  ALTER TABLE channel_inbox ADD COLUMN preview TEXT;
  `,
  `
  CREATE TABLE heartbeats (
    agent TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    ended_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  // Pages of many jobs in the order in which they are due, without a look at the jobs themselves.
  `
  CREATE INDEX cron_jobs_page ON cron_jobs (next_at IS NULL, next_at, id);
  CREATE INDEX cron_jobs_page_enabled ON cron_jobs (enabled, next_at IS NULL, next_at, id);
  `,
  `
  CREATE TABLE spending (
    date TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    calls INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    usd REAL NOT NULL,
    PRIMARY KEY (date, kind, name)
  ) WITHOUT ROWID;
  `,
  // Calls of hooks, and the keys by which repeated ones are recognised.
  `
  CREATE TABLE hook_calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    agent TEXT NOT NULL,
    session_key TEXT NOT NULL,
    lane TEXT NOT NULL,
    own INTEGER NOT NULL,
    request TEXT NOT NULL,
    run_id TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'open',
    ended_at INTEGER,
    key TEXT UNIQUE,
    fingerprint TEXT,
    keep_ms INTEGER NOT NULL,
    key_until INTEGER
  );
  CREATE INDEX hook_calls_open ON hook_calls (number) WHERE status = 'open';
  CREATE INDEX hook_calls_keys ON hook_calls (number) WHERE key IS NOT NULL;
  CREATE INDEX hook_calls_over ON hook_calls (number) WHERE status <> 'open' AND key IS NULL AND own = 0;
  CREATE INDEX hook_calls_sessions ON hook_calls (ended_at) WHERE own = 1;
  `,
]
