import t from 'tap'
import { heartbeatOf } from '../../../src/automation/heartbeat/settings.js'
import type { Config } from '../../../src/config/types.js'

const agents = (value: Config['agents']): Config => ({ agents: value })

t.test('who has a heartbeat, and how often', async (t) => {
  const cases: readonly [what: string, config: Config, agentId: string, everyMs: number | null][] = [
    ['nothing configured: the default agent', {}, 'main', 1_800_000],
    ['an interval', agents({ defaults: { heartbeat: { every: '1h' } } }), 'main', 3_600_000],
    ['a bare number: minutes', agents({ defaults: { heartbeat: { every: 5 } } }), 'main', 300_000],
    ['off', agents({ defaults: { heartbeat: { every: '0m' } } }), 'main', null],
    ['not the default agent', agents({ entries: { main: {}, work: {} } }), 'work', null],
    [
      'the agent that is named',
      agents({ defaults: { heartbeat: { agentId: 'work' } }, entries: { main: {}, work: {} } }),
      'work',
      1_800_000,
    ],
    [
      'then not the default one',
      agents({ defaults: { heartbeat: { agentId: 'work' } }, entries: { main: {}, work: {} } }),
      'main',
      null,
    ],
    ['keys of its own', agents({ entries: { main: {}, work: { heartbeat: { every: '2h' } } } }), 'work', 7_200_000],
    ['then nobody else', agents({ entries: { main: {}, work: { heartbeat: { every: '2h' } } } }), 'main', null],
    [
      'own keys over those of all',
      agents({ defaults: { heartbeat: { every: '2h' } }, entries: { work: { heartbeat: { target: 'none' } } } }),
      'work',
      7_200_000,
    ],
  ]
  for (const [what, config, agentId, everyMs] of cases) {
    const settings = heartbeatOf(config, agentId)
    t.equal(settings.everyMs, everyMs, what)
    t.equal(settings.enabled, everyMs !== null, what)
  }
})

t.test('the other keys', async (t) => {
  t.match(heartbeatOf({}, 'main'), { every: '30m', target: 'last', ackMaxChars: 300, prompt: /HEARTBEAT_OK/ })
  const heartbeat = { prompt: 'Look.', target: 'none', ackMaxChars: 5, model: 'a/b', session: 'side' }
  t.match(heartbeatOf(agents({ defaults: { heartbeat } }), 'main'), heartbeat)
})
