import t, { type Test } from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { resultOf } from '../../helper/rpc.js'

/** Sessions of three agents, and where each came from. */
const tree = {
  'agent:main:main': undefined,
  'agent:main:work': undefined,
  'agent:main:subagent:one': 'agent:main:main',
  'agent:main:subagent:one:subagent:two': 'agent:main:subagent:one',
  'agent:ops:subagent:far': 'agent:main:main',
  'agent:ops:main': undefined,
  'agent:hr:main': undefined,
} as const

type Key = keyof typeof tree
const own: Key[] = ['agent:main:main']
const below: Key[] = ['agent:main:subagent:one', 'agent:main:subagent:one:subagent:two', 'agent:ops:subagent:far']
const agent: Key[] = ['agent:main:work']
const ops: Key[] = ['agent:ops:main']
const hr: Key[] = ['agent:hr:main']

/** What the main session of `main` sees; then where it differs what `agent:main:work` sees. */
const table: readonly { tools?: object; sandbox?: object; from?: Key; sees: readonly Key[] }[] = [
  { sees: [...own, ...below] },
  { from: 'agent:main:work', sees: agent },
  { from: 'agent:main:subagent:one', sees: ['agent:main:subagent:one', 'agent:main:subagent:one:subagent:two'] },
  { tools: { sessions: { visibility: 'self' } }, sees: own },
  { tools: { sessions: { visibility: 'tree' }, agentToAgent: { enabled: true } }, sees: [...own, ...below] },
  {
    tools: { sessions: { visibility: 'agent' } },
    sees: [...own, ...below, ...agent],
  },
  {
    tools: { sessions: { visibility: 'all' } },
    sees: [...own, ...below, ...agent],
  },
  {
    tools: { sessions: { visibility: 'all' }, agentToAgent: { enabled: true } },
    sees: [...own, ...below, ...agent, ...ops, ...hr],
  },
  {
    tools: { sessions: { visibility: 'all' }, agentToAgent: { enabled: true, allow: ['MAIN', 'op*'] } },
    sees: [...own, ...below, ...agent, ...ops],
  },
  {
    tools: { sessions: { visibility: 'all' }, agentToAgent: { enabled: true, allow: ['ops', 'hr'] } },
    sees: [...own, ...below, ...agent],
  },
  {
    tools: { sessions: { visibility: 'all' }, agentToAgent: { enabled: true } },
    sandbox: { mode: 'all', backend: 'bubblewrap' },
    sees: [...own, ...below],
  },
  {
    tools: { sessions: { visibility: 'all' }, agentToAgent: { enabled: true } },
    sandbox: { mode: 'all', backend: 'bubblewrap', sessionToolsVisibility: 'all' },
    sees: [...own, ...below, ...agent, ...ops, ...hr],
  },
]

async function stage(t: Test, { tools = {}, sandbox }: (typeof table)[number]) {
  const agents = {
    defaults: { ...(sandbox && { sandbox }) },
    entries: { main: { default: true }, ops: {}, hr: {} },
  }
  const app = await build(t, testConfig({ tools, agents }))
  for (const [key, parentSessionKey] of Object.entries(tree)) {
    await resultOf(app, 'sessions.create', { key, ...(parentSessionKey && { parentSessionKey }) })
    await resultOf(app, 'chat.inject', { sessionKey: key, message: `words of ${key}` })
  }
  return app
}

for (const row of table) {
  const { tools, sandbox, from = 'agent:main:main', sees } = row
  t.test(`${from} with ${JSON.stringify({ ...tools, ...(sandbox && { sandbox }) })}`, async (t) => {
    const app = await stage(t, row)
    const call = (name: string, args: object) => resultOf(app, 'tools.invoke', { name, args, sessionKey: from })
    const { output } = await call('sessions_list', {})
    const listed: { key: string }[] = output.details.sessions
    t.strictSame(listed.map(({ key }) => key).toSorted(), [...sees].toSorted(), 'in the list')
    for (const key of Object.keys(tree) as Key[]) {
      const answer = await call('sessions_history', { sessionKey: key })
      t.equal(answer.ok, sees.includes(key), `history of ${key}`)
      if (answer.ok) t.match(answer.output.content[0].text, `words of ${key}`)
      else t.notMatch(JSON.stringify(answer), /words of/)
    }
  })
}

t.test('a session that is hidden and one that does not exist look the same', async (t) => {
  const app = await stage(t, table[0] ?? { sees: [] })
  const call = (sessionKey: string) => resultOf(app, 'tools.invoke', { name: 'sessions_history', args: { sessionKey } })
  const [hidden, missing] = await Promise.all([call('agent:main:work'), call('agent:main:nowhere')])
  t.equal(hidden.error.message.replace('work', '-'), missing.error.message.replace('nowhere', '-'))
  t.match(hidden.error.message, /tools\.sessions\.visibility is "tree"/)
})
