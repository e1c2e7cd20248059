import t from 'tap'
import { isActive } from '../../../src/automation/heartbeat/active-hours.js'
import { isEmptyChecklist } from '../../../src/automation/heartbeat/checklist.js'
import { countedFrom, dueAt, intervalOf } from '../../../src/automation/heartbeat/due.js'
import { readReply } from '../../../src/automation/heartbeat/reply.js'

const minute = 60_000
const hour = 60 * minute

t.test('active hours', async (t) => {
  const berlin = 'Europe/Berlin'
  const day = { start: '09:00', end: '22:00', timezone: 'Asia/Shanghai' }
  const night = { start: '22:00', end: '06:00', timezone: 'UTC' }
  const cases: readonly [string, Parameters<typeof isActive>[0], string, boolean, string?][] = [
    ['none', undefined, '2026-01-01T03:00:00Z', true],
    ['the start is included', day, '2026-01-01T01:00:00Z', true],
    ['a minute before', day, '2026-01-01T00:59:59Z', false],
    ['the last minute', day, '2026-01-01T13:59:59Z', true],
    ['the end is not', day, '2026-01-01T14:00:00Z', false],
    ['over midnight, late', night, '2026-01-01T23:30:00Z', true],
    ['over midnight, early', night, '2026-01-01T05:59:00Z', true],
    ['over midnight, ended', night, '2026-01-01T06:00:00Z', false],
    ['equal ends are never', { start: '08:00', end: '08:00', timezone: 'UTC' }, '2026-01-01T08:00:00Z', false],
    ['24:00', { start: '20:00', end: '24:00', timezone: 'UTC' }, '2026-01-01T23:59:00Z', true],
    ['24:00 and the next day', { start: '20:00', end: '24:00', timezone: 'UTC' }, '2026-01-02T00:00:00Z', false],
    ['a start alone', { start: '20:00', timezone: 'UTC' }, '2026-01-01T23:00:00Z', true],
    ['an end alone', { end: '06:00', timezone: 'UTC' }, '2026-01-01T07:00:00Z', false],
    ['the zone of the user', { start: '12:00', end: '13:00' }, '2026-01-01T11:30:00Z', true, berlin],
    ['the same by name', { start: '12:00', end: '13:00', timezone: 'user' }, '2026-01-01T11:30:00Z', true, berlin],
    ['summer', { start: '12:00', end: '13:00', timezone: 'user' }, '2026-07-01T10:30:00Z', true, berlin],
    ['no zone: the user', { start: '12:00', end: '13:00', timezone: 'Mars/1' }, '2026-01-01T11:30:00Z', true, berlin],
    ['the hour that is left out', { start: '02:30', end: '03:30', timezone: berlin }, '2026-03-29T01:10:00Z', true],
    ['the hour that comes twice', { start: '02:00', end: '03:00', timezone: berlin }, '2026-10-25T00:30:00Z', true],
    ['and again', { start: '02:00', end: '03:00', timezone: berlin }, '2026-10-25T01:30:00Z', true],
    ['after it', { start: '02:00', end: '03:00', timezone: berlin }, '2026-10-25T02:00:00Z', false],
  ]
  for (const [what, hours, at, active, user] of cases) t.equal(isActive(hours, Date.parse(at), user), active, what)
})

t.test('a checklist that lists nothing', async (t) => {
  const nothing = [
    '',
    '\n \n',
    '# Heartbeat\n\n## Later\n',
    '<!-- one line\nand another -->\n# H',
    '<!-- never closed',
    '- [ ]\n* [ ]\n- \n+\n1.\n',
    '```\n```',
    '---\n***',
  ]
  for (const text of nothing) t.ok(isEmptyChecklist(text), JSON.stringify(text))
  const something = ['look at the mail', '# H\n- mail', '- [ ] mail', '<!-- x --> mail', '```\nmail\n```', '1. mail']
  for (const text of something) t.notOk(isEmptyChecklist(text), JSON.stringify(text))
})

t.test('what an answer means', async (t) => {
  const cases: readonly [answer: string, kind: string, text: string, limit?: number][] = [
    ['', 'empty', ''],
    ['  \n', 'empty', ''],
    ['HEARTBEAT_OK', 'token', ''],
    ['heartbeat_ok', 'token', ''],
    ['**HEARTBEAT_OK**', 'token', ''],
    ['`HEARTBEAT_OK`.', 'token', ''],
    ['_HEARTBEAT_OK_!', 'token', ''],
    ['HEARTBEAT_OK\n\nAll is quiet.', 'token', 'All is quiet.'],
    ['All is quiet. HEARTBEAT_OK', 'token', 'All is quiet.'],
    ['HEARTBEAT_OK All is quiet. **HEARTBEAT_OK**', 'token', 'All is quiet.'],
    [`HEARTBEAT_OK ${'x'.repeat(300)}`, 'token', 'x'.repeat(300)],
    [`HEARTBEAT_OK ${'x'.repeat(301)}`, 'alert', 'x'.repeat(301)],
    [`HEARTBEAT_OK ${'😀'.repeat(300)}`, 'token', '😀'.repeat(300)],
    ['HEARTBEAT_OK nearly', 'alert', 'nearly', 3],
    ['I would say HEARTBEAT_OK but the disk is full', 'alert', 'I would say HEARTBEAT_OK but the disk is full'],
    ['HEARTBEAT_OKAY', 'alert', 'HEARTBEAT_OKAY'],
    ['NO_REPLY', 'token', ''],
    ['The disk is full.', 'alert', 'The disk is full.'],
  ]
  for (const [answer, kind, text, limit = 300] of cases) {
    t.strictSame(readReply(answer, limit), { kind, text }, JSON.stringify(answer.slice(0, 60)))
  }
})

t.test('when it is due', async (t) => {
  const pace = { everyMs: 30 * minute, idleBackoff: true }
  const at = Date.UTC(2026, 0, 1)
  t.equal(dueAt(pace, { lastAt: at }), at + 30 * minute)
  t.equal(countedFrom(pace, at, at + 10 * minute), at, 'a little late: the beat stays')
  t.equal(countedFrom(pace, at, at + 3 * hour + minute), at + 3 * hour, 'slept through: once')
  const idle = [1, 4, 5, 6, 7, 8, 100].map((n) => intervalOf(pace, { lastAt: at, idle: n }) / minute)
  t.strictSame(idle, [30, 30, 60, 120, 240, 240, 240], 'nothing to say')
  t.equal(intervalOf({ everyMs: 30 * minute, idleBackoff: false }, { lastAt: at, idle: 100 }), 30 * minute)
  t.equal(intervalOf({ everyMs: 6 * hour, idleBackoff: true }, { lastAt: at, idle: 100 }), 6 * hour)
  const failing = [1, 2, 3, 7, 100].map((n) => intervalOf(pace, { lastAt: at, failures: n }) / minute)
  t.strictSame(failing, [30, 60, 120, 1_440, 1_440], 'failures')
})
