import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { until } from '../helper/calls.js'
import { build, upstreamConfig } from '../helper/gateway.js'
import { openConfig, rpc } from '../helper/rpc.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

/** A gateway whose callers say which scopes they hold. */
async function stage(t: Test, script: Script = 'from the model', more: object = {}) {
  const upstream = await startUpstream(t, script)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  models.providers.upstream.models.push({ id: 'two', name: 'Two', contextWindow: 1000 })
  const workspace = t.testdir()
  const defaults = { ...agents.defaults, workspace }
  const http = { endpoints: { chatCompletions: { enabled: true } } }
  const gateway = { mode: 'local', auth: { mode: 'none' }, http }
  const app = await build(t, openConfig({ gateway, models, agents: { defaults }, ...more }))
  return { upstream, app, workspace, say: sayer(app) }
}

const admin = { 'x-openclaw-scopes': 'operator.admin' }
const writer = { 'x-openclaw-scopes': 'operator.write' }
const approver = { 'x-openclaw-scopes': 'operator.write,operator.approvals' }

let count = 0

/** Says something and gives what the chat answers. */
function sayer(app: FastifyInstance) {
  return async (message: string, scopes: Record<string, string> = admin, more: object = {}): Promise<string> => {
    count += 1
    const idempotencyKey = `say-${count}`
    const sent = await rpc(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey, ...more }, scopes)
    if (sent.status !== 200) throw new Error(JSON.stringify(sent.body))
    await rpc(app, 'agent.wait', { runId: idempotencyKey, timeoutMs: 20_000 }, admin)
    const { body } = await rpc(app, 'chat.history', { sessionKey: 'main', limit: 50 }, admin)
    const mine = (body.result.messages as Body[]).filter(
      ({ role, __openclaw }) => role === 'assistant' && __openclaw.runId === idempotencyKey,
    )
    return mine.map(({ content }) => content.map(({ text = '' }: Body) => text).join('')).join('\n')
  }
}

/** The last message of the last request. */
const lastMessage = ({ requests }: Upstream) => ((requests.at(-1)?.body.messages ?? []) as Body[]).at(-1)

const call = async (app: FastifyInstance, method: string, params: object) =>
  (await rpc(app, method, params, admin)).body.result

/** Command, what its answer holds, and who gets it: others are answered by the model. */
const table: readonly [string, RegExp, { writer?: boolean; approver?: boolean }][] = [
  ['/help', /\/status - /, { writer: true }],
  ['/commands', /\/queue .* - What happens/, { writer: true }],
  ['/whoami', /not the owner|You are .* the owner/, { writer: true }],
  ['/id', /Session: agent:main:main/, { writer: true }],
  ['/status', /profile default, port \d+[\s\S]*Model: upstream\/one[\s\S]*Queue: collect/, { writer: true }],
  ['/model', /Model: upstream\/one/, { writer: true }],
  ['/models', /2\. upstream\/two/, { writer: true }],
  ['/think', /Thinking: /, { writer: true }],
  ['/verbose', /Verbose: off/, { writer: true }],
  ['/reasoning', /Reasoning: off/, { writer: true }],
  ['/elevated', /Elevated: ask where a command wants out .default/, { writer: true }],
  ['/exec', /Commands run on gateway/, { writer: true }],
  ['/queue', /Queue: collect, debounce 1000 ms, cap 20, drop summarize/, { writer: true }],
  ['/usage', /Spent since the session began/, { writer: true }],
  ['/context', /Context: /, { writer: true }],
  ['/stop', /Nothing runs/, { writer: true }],
  ['/subagents', /no sub-agents/, { writer: true }],
  ['/compact', /[a-z]/, {}],
  ['/new', /A new session has begun\./, {}],
  ['/reset', /A new session has begun\./, {}],
  ['/activation always', /This is no group/, {}],
  ['/send', /Send policy: inherit/, {}],
  ['/restart', /run by a program that restarts it itself/, {}],
  ['/approve', /Nothing waits for an approval/, { approver: true }],
]

t.test('every command and who may use it', async (t) => {
  const { say, upstream } = await stage(t)
  for (const [command, answer, { writer: all = false, approver: some = false }] of table) {
    const asked = upstream.requests.length
    t.match(await say(command), answer, `${command} of the owner`)
    t.equal(upstream.requests.length, asked, `${command} asks no model`)
    if (all) t.match(await say(command, writer), answer, `${command} of a writer`)
    else t.equal(await say(command, writer), 'from the model', `${command} of a writer is plain text`)
    if (some) t.match(await say(command, approver), answer, `${command} of an approver`)
  }
  t.equal(await say('/nonsense at all'), 'from the model')
  t.equal(await say('/config'), 'from the model', 'off unless the config offers it')
  t.equal(await say('/bash echo hi'), 'from the model')
  t.equal(await say('/status', admin, { suppressCommandInterpretation: true }), 'from the model')
  t.match(await say('/exec security=deny', writer), /Only the owner/)
})

t.test('every command is in the table of this test, in commands.list and in the guide', async (t) => {
  const { app } = await stage(t)
  const { commands } = await call(app, 'commands.list', {})
  const names = (commands as Body[]).map(({ name }) => name)
  const tested = new Set([...table.map(([text]) => text.split(' ')[0]?.slice(1)), 'bash', 'config'])
  t.strictSame(
    names.filter((name) => !tested.has(name)),
    [],
  )
  const guide = readFileSync(new URL('../../docs/chat-commands.md', import.meta.url), 'utf8')
  for (const { textAliases } of commands as Body[]) {
    for (const alias of textAliases) t.ok(guide.includes(`\`${alias}`), `${alias} is in the guide`)
  }
  const meta = await call(app, 'chat.metadata', { sessionKey: 'main' })
  t.equal(meta.commands.length, names.length)
})

t.test('commands answer when every model is down, and are no part of what models read', async (t) => {
  const { say, upstream, app } = await stage(t, { status: 500, body: {} })
  t.match(await say('/status'), /Gateway: profile/)
  upstream.script = 'up again'
  t.equal(await say('hello'), 'up again')
  const told = JSON.stringify(upstream.requests.at(-1)?.body.messages)
  t.notOk(told.includes('/status'))
  t.notOk(told.includes('Gateway: profile'))
  const { session } = await call(app, 'sessions.describe', { key: 'main', includeDerivedTitles: true })
  t.equal(session.derivedTitle, 'hello', 'a session is not named after a command')
})

t.test('a command runs once per id, and its answer is found again', async (t) => {
  const { app } = await stage(t)
  const send = (message: string) =>
    call(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey: 'the same', queueMode: 'collect' })
  t.match(await send('/verbose on'), { status: 'started' })
  await call(app, 'agent.wait', { runId: 'the same', timeoutMs: 5_000 })
  await call(app, 'sessions.patch', { key: 'main', verboseLevel: 'full' })
  t.match(await send('/verbose on'), { status: 'ok' })
  t.match(await call(app, 'sessions.describe', { key: 'main' }), { session: { verboseLevel: 'full' } })
  const answer = await call(app, 'agent', { message: '/verbose', idempotencyKey: 'another' })
  t.match(answer, { status: 'ok', result: { payloads: [{ text: /Verbose: full/ }] } })
})

t.test('what is set holds from the next turn on; inside of a message, for that message', async (t) => {
  const { say, upstream } = await stage(t)
  t.match(await say('/model upstream/two'), /asks upstream\/two alone/)
  await say('hi')
  t.equal(upstream.requests.at(-1)?.body.model, 'two')
  t.match(await say('/model nothing/here'), /nothing\/here/)
  t.match(await say('/model default'), /upstream\/one/)
  await say('hello /think high there')
  t.equal(upstream.requests.at(-1)?.body.reasoning_effort, 'high')
  t.match(lastMessage(upstream), { content: 'hello there' })
  await say('and now')
  t.equal(upstream.requests.at(-1)?.body.reasoning_effort, undefined)
  await say('/think: low')
  await say('and now')
  t.equal(upstream.requests.at(-1)?.body.reasoning_effort, 'low')
  t.match(await say('/think enormous'), /no level/)
  t.match(await say('/queue steer debounce:2s cap:25 drop:old'), /Queue: steer, debounce 2000 ms, cap 25, drop old/)
  t.match(await say('/queue reset'), /Queue: collect, debounce 1000 ms, cap 20, drop summarize/)
  t.match(await say('/queue sideways'), /means nothing/)
  await say('tell me /status please')
  t.match(lastMessage(upstream), { content: 'tell me please' })
  for (const level of ['on', 'ask', 'off', 'default'])
    t.match(await say(`/elevated ${level}`), /tools\.elevated/, 'nobody is on a list that is not written')
})

t.test('/new takes a model and a first message', async (t) => {
  const { say, upstream, app } = await stage(t)
  await say('before')
  await say('/new upstream/two what now?')
  await until(() => upstream.requests.length === 2)
  const { model, messages } = (upstream.requests[1]?.body ?? {}) as Body
  t.equal(model, 'two')
  t.match(messages.slice(1), [{ role: 'user', content: 'what now?' }])
  await until(async () => (await call(app, 'sessions.describe', { key: 'main' })).session.status === 'done')
})

t.test('commands with a flag of their own work once it is set', async (t) => {
  const { say } = await stage(t, 'from the model', { commands: { config: true, bash: true } })
  t.match(await say('/config models.providers.upstream'), /baseUrl/)
  t.notMatch(await say('/config'), /upstream-key-1234/)
  t.match(await say('/config set session.reset.atHour = 5'), /^Set session\.reset\.atHour\.$/)
  t.match(await say('/config session.reset'), /"atHour": 5/)
  t.match(await say('/config set session.reset.atHour 5'), /Nothing changes/)
  t.match(await say('/config set session.reset.atHour 77'), /23|at most/)
  t.match(await say('/config unset session.reset.atHour'), /^Removed/)
  t.match(await say('/config set no.such.key 1'), /no\.such|unknown/i)
  t.match(await say('/config set session.reset'), /^Write: /)
  t.match(await say('/config set channels.telegram.botToken 1:abc'), /is a secret/)
  t.match(await say('/config set channels.telegram {botToken: "1:abc"}'), /is a secret/)
  t.equal(await say('/config set session.reset.atHour 5', writer), 'from the model')
  t.match(await say('/bash echo $((40 + 2))'), /42/)
  t.match(await say('/bash cat missing; exit 3'), /No such file[\s\S]*exit 3/)
  t.equal(await say('/bash echo 1', writer), 'from the model')
})

t.test('over HTTP a command needs a session', async (t) => {
  const { app, upstream } = await stage(t)
  const ask = async (headers: Record<string, string>, body: object) => {
    const payload = { messages: [{ role: 'user', content: '/whoami' }], ...body }
    const answer = await app.inject({ method: 'POST', url: '/v1/chat/completions', headers, payload })
    return answer.json().choices[0].message.content as string
  }
  t.equal(await ask(admin, {}), 'from the model')
  t.match(await ask(admin, { user: 'me' }), /You are .* the owner/)
  t.equal(upstream.requests.length, 1)
  const payload = { user: 'me', stream: true, messages: [{ role: 'user', content: '/status' }] }
  const streamed = await app.inject({ method: 'POST', url: '/v1/chat/completions', headers: admin, payload })
  t.match(streamed.body, /Gateway: profile/)
  t.match(streamed.body, /\[DONE\]/)
})
