import t from 'tap'
import { load, valid } from './helper.js'

t.test('hours and zones of heartbeats that will not do what was meant', async (t) => {
  const hours = 'agents.defaults.heartbeat.activeHours'
  const rows: readonly (readonly [agents: object, warnings: readonly string[]])[] = [
    [{ defaults: { userTimezone: 'Europe/Berlin' } }, []],
    [{ defaults: { userTimezone: 'UTC' } }, []],
    [{ defaults: { userTimezone: 'Europe/Berlinn' } }, ['agents.defaults.userTimezone']],
    [{ defaults: { heartbeat: { activeHours: { start: '08:00', end: '24:00', timezone: 'user' } } } }, []],
    [{ defaults: { heartbeat: { activeHours: { start: '22:00', end: '06:00', timezone: 'local' } } } }, []],
    [{ defaults: { heartbeat: { activeHours: { start: '08:00', timezone: 'CEST+2' } } } }, [`${hours}.timezone`]],
    [{ defaults: { heartbeat: { activeHours: { start: '08:00', end: '08:00' } } } }, [hours]],
    [
      { entries: { a: { heartbeat: { activeHours: { start: '08:00', timezone: 'Mars' } } } } },
      ['agents.entries.a.heartbeat.activeHours.timezone'],
    ],
  ]
  for (const [agents, wanted] of rows) {
    const { warnings } = valid(await load(t, JSON.stringify({ agents })))
    t.strictSame(
      warnings.map(({ path }) => path),
      wanted,
      JSON.stringify(agents),
    )
  }
})
