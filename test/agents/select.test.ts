import t from 'tap'
import { agentRoster, selectAgent } from '../../src/agents/select.js'
import { GatewayError } from '../../src/kernel/errors.js'

const roster = agentRoster({ agents: { entries: { ops: {}, main: {} } } })

t.test('the default agent is the marked one, else the named one, else main, else the first', async (t) => {
  const naming = (agentId: string, entries: Record<string, { default?: boolean }>) =>
    agentRoster({ agents: { defaults: { systemAgent: { agentId } }, entries } }).defaultId
  t.equal(naming('ops', { main: {}, ops: {} }), 'ops')
  t.equal(naming('ops', { main: { default: true }, ops: {} }), 'main')
  t.equal(naming('ghost', { ops: {}, main: {} }), 'main', 'a name without an agent chooses nothing')
  t.equal(agentRoster({}).defaultId, 'main')
  t.equal(roster.defaultId, 'main')
  t.equal(agentRoster({ agents: { entries: { a: {}, b: { default: true } } } }).defaultId, 'b')
  t.equal(agentRoster({ agents: { entries: { a: {}, b: {} } } }).defaultId, 'a')
})

const rows: [model: string | undefined | null, header: string | undefined, agent: string][] = [
  [undefined, undefined, 'main'],
  [null, undefined, 'main'],
  ['openclaw', undefined, 'main'],
  ['openclaw/default', undefined, 'main'],
  ['openclaw/ops', undefined, 'ops'],
  ['openclaw:ops', undefined, 'ops'],
  ['agent:ops', undefined, 'ops'],
  ['openclaw', 'ops', 'ops'],
  ['openclaw/ops', 'ops', 'ops'],
]
for (const [model, header, agent] of rows) {
  t.test(`model ${model} with header ${header} is ${agent}`, async (t) => {
    t.equal(selectAgent(roster, model, header), agent)
  })
}

const refusals: [model: string, header: string | undefined, code: string, param: string][] = [
  ['gpt-4o', undefined, 'model_not_found', 'model'],
  ['openclaw/ghost', undefined, 'model_not_found', 'model'],
  ['openclaw/', undefined, 'model_not_found', 'model'],
  ['', undefined, 'model_not_found', 'model'],
  ['openclaw/__proto__', undefined, 'model_not_found', 'model'],
  ['openclaw', 'ghost', 'agent_not_found', 'x-openclaw-agent-id'],
  ['openclaw/main', 'ops', 'invalid_request', 'model'],
]
for (const [model, header, code, param] of refusals) {
  t.test(`model "${model}" with header ${header} is refused with ${code}`, async (t) => {
    try {
      selectAgent(roster, model, header)
      t.fail('it was accepted')
    } catch (error) {
      t.ok(error instanceof GatewayError)
      t.match(error, { code, param })
    }
  })
}
