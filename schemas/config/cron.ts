import { Type } from '../type.js'
import { ssrfPolicy } from './ssrf-policy.js'
import { choice, either, flag, int, secret, section, text } from './words.js'

/** `cron` (spec/config.md section 12.2). */
export const cron = section('Scheduled jobs.', {
  enabled: flag('Run jobs.', true),
  skipMissedJobs: flag('Do not catch up after a restart.', false),
  triggers: section('Jobs that start on events.', { enabled: flag('Run them.', true) }),
  maxConcurrentRuns: int('Jobs at once.', { minimum: 1, default: 1 }),
  sessionRetention: either('How long sessions of jobs are kept, e.g. 24h; false keeps them.', [
    Type.String(),
    Type.Literal(false),
  ]),
  webhookToken: secret('Bearer token for job webhooks.'),
  webhookSsrfPolicy: ssrfPolicy,
  failureAlert: section('Message when jobs fail.', {
    enabled: flag('Send it.'),
    after: int('Failures in a row.', { default: 2 }),
    cooldownMs: int('Shortest time between messages, in milliseconds.', { default: 3_600_000 }),
    includeSkipped: flag('Count skipped runs.', false),
    mode: choice('How it is sent.', ['announce', 'webhook']),
    channel: text('Channel.'),
    to: text('Recipient.'),
    accountId: text('Account.'),
  }),
  runLog: section('History of runs.', {
    maxBytes: either('Largest history in bytes.', [Type.Integer(), Type.String()]),
    keepLines: int('Runs that are kept.', { default: 2000 }),
  }),
  store: text('Kept for old files; jobs live in the database.'),
  webhook: text('Kept for old files; set a webhook on the job.'),
})
