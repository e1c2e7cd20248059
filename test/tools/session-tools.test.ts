import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, testConfig, token, upstreamConfig } from '../helper/gateway.js'
import { resultOf } from '../helper/rpc.js'
import { startUpstream } from '../helper/upstream.js'

const all = { sessions: { visibility: 'agent' } }

async function stage(t: Test, more: object = {}): Promise<FastifyInstance> {
  const upstream = await startUpstream(t)
  return build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), tools: all, ...more }))
}

const invoke = (app: FastifyInstance, name: string, args: object = {}, more: object = {}) =>
  resultOf(app, 'tools.invoke', { name, args, ...more })

const textOf = async (app: FastifyInstance, name: string, args: object = {}) =>
  (await invoke(app, name, args)).output.content[0].text as string

t.test('sessions_list: kinds, search, limits and last messages', async (t) => {
  const app = await stage(t)
  const keys = ['agent:main:main', 'agent:main:telegram:group:42', 'agent:main:cron:job', 'agent:main:notes']
  for (const sessionKey of keys) await resultOf(app, 'chat.inject', { sessionKey, message: `said in ${sessionKey}` })
  await resultOf(app, 'sessions.patch', { key: 'agent:main:notes', label: 'Shopping' })
  const listed = async (args: object) => {
    const { output } = await invoke(app, 'sessions_list', args)
    return output.details.sessions.map(({ key }: { key: string }) => key)
  }
  t.strictSame((await listed({})).toSorted(), keys.toSorted())
  t.strictSame(await listed({ kinds: ['group'] }), ['agent:main:telegram:group:42'])
  t.strictSame((await listed({ kinds: ['main', 'cron'] })).toSorted(), ['agent:main:cron:job', 'agent:main:main'])
  t.strictSame(await listed({ search: 'shopp' }), ['agent:main:notes'])
  t.equal((await listed({ limit: 2 })).length, 2)
  t.strictSame(await listed({ agentId: 'nobody' }), [])
  t.match(
    await textOf(app, 'sessions_list', { search: 'shopp', messageLimit: 1 }),
    /"Shopping".*\n {2}assistant: said in/,
  )
})

t.test('sessions_history: pages, bounds, and nothing that must not be read', async (t) => {
  const app = await stage(t)
  const say = (message: string) => resultOf(app, 'chat.inject', { sessionKey: 'main', message })
  for (let at = 1; at <= 5; at += 1) await say(`line ${at}`)
  const page = await invoke(app, 'sessions_history', { limit: 2 })
  t.match(page.output.content[0].text, /line 4\n.*line 5\n.*offset 2/s)
  t.match(await textOf(app, 'sessions_history', { limit: 2, offset: 4 }), /^Session agent:main:main.*\n.*line 1$/)
  await say(`${'x'.repeat(9_000)}`)
  const cut = await textOf(app, 'sessions_history', { limit: 1 })
  t.ok(cut.length < 4_300 && /characters left out/.test(cut), 'a long message is cut')
  for (let at = 0; at < 30; at += 1) await say('y'.repeat(3_900))
  t.match(await textOf(app, 'sessions_history', { limit: 40 }), /older messages of this page were left out/)
  await say(`the key is upstream-key-1234, the token ${token}, and sk-abcdefghijklmnopqrstuv too`)
  const shown = await textOf(app, 'sessions_history', { limit: 1 })
  t.match(shown, 'the key is [redacted], the token [redacted], and [redacted] too')
})

t.test('session_status tells how a session stands, and sets its model', async (t) => {
  const app = await stage(t)
  await resultOf(app, 'chat.send', { sessionKey: 'main', message: 'hi', idempotencyKey: 'one' })
  await resultOf(app, 'agent.wait', { runId: 'one' })
  const card = await textOf(app, 'session_status')
  t.match(card, /^Time: \w+day \d{4}-\d\d-\d\d \d\d:\d\d \(.+\)\nSession: agent:main:main of agent main\n/)
  t.match(card, /Model: upstream\/one\n.*\nSpent: 11 tokens in, 7 out\nTurns: done/)
  t.match(await textOf(app, 'session_status', { model: 'upstream/two' }), /two \(set for this session\)/)
  t.match(await textOf(app, 'session_status', { model: 'default' }), /Model: upstream\/one\n/)
  const unknown = await invoke(app, 'session_status', { model: 'nobody/none' })
  t.equal(unknown.ok, false)
  t.match(unknown.error.message, /nobody/)
})

t.test('agents_list names those that may be started', async (t) => {
  const entries = { main: { default: true, identity: { name: 'Ada' } }, ops: { name: 'Operations' }, hr: {} }
  const lists = [
    { subagents: {}, sees: 'main (Ada, you)' },
    { subagents: { allowAgents: ['OPS'] }, sees: 'main (Ada, you)\nops (Operations)' },
    { subagents: { allowAgents: ['*'] }, sees: 'main (Ada, you)\nops (Operations)\nhr' },
  ]
  for (const { subagents, sees } of lists) {
    const app = await build(t, testConfig({ agents: { entries, defaults: { subagents } } }))
    t.equal(await textOf(app, 'agents_list'), sees)
  }
})
