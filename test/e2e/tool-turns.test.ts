import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { postChat, until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, token, upstreamConfig } from '../helper/gateway.js'
import { startGateway as startProcess } from '../helper/process.js'
import { startGateway } from '../helper/running.js'
import { type Reply, type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const call = (name: string, args: object, id = `call_${name}`): Reply => ({
  toolCalls: [{ id, name, arguments: JSON.stringify(args) }],
})
const messagesOf = ({ body }: Seen) => (body.messages ?? []) as Body[]
/** One reply for the question, one for what came of the tools. */
const script = (first: Reply, then: Reply | string) => (request: Seen) =>
  messagesOf(request).at(-1)?.role === 'tool' ? then : first

async function stage(t: Test, first: Reply, then: Reply | string, more: object = {}) {
  const upstream = await startUpstream(t, script(first, then))
  const workspace = t.testdir()
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const config = testConfig({ models, agents: { defaults: { ...agents.defaults, workspace } }, ...more })
  return { upstream, workspace, gateway: await startGateway(t, config) }
}

const toolsOf = (request: Seen | undefined) =>
  ((request as Seen).body.tools as Body[]).map((tool) => tool.function.name as string)
const toolResult = (request: Seen | undefined) =>
  String(messagesOf(request as Seen).findLast(({ role }) => role === 'tool')?.content)

t.test('a caller who leaves ends the command that the turn runs, with its children', async (t) => {
  const command = 'sh -c "echo \\$\\$ > inner; sleep 60" & echo $! > outer; wait'
  const { workspace, gateway } = await stage(t, call('exec', { command }), 'done')
  const leaving = new AbortController()
  const answer = postChat(gateway, {}, { signal: leaving.signal })
  const pid = (name: string) => Number(readFileSync(join(workspace, name), 'utf8'))
  await until(() => existsSync(join(workspace, 'inner')) && pid('inner') > 0)
  const pids = [pid('inner'), pid('outer')]
  leaving.abort()
  await t.rejects(answer, { name: 'AbortError' })
  await until(() => pids.every((one) => !runs(one)))
  t.pass('nothing of it is left')
})

/** A zombie that nobody has waited for counts as gone. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

t.test('what the policy denies is not shown to the model, and not run when it is called all the same', async (t) => {
  const tools = { deny: ['exec'] }
  const { upstream, workspace, gateway } = await stage(t, call('bash', { command: 'touch made' }), 'I may not.', {
    tools,
  })
  const response = await postChat(gateway)
  t.match(await response.json(), { choices: [{ message: { content: 'I may not.' } }] })
  const names = toolsOf(upstream.requests[0])
  t.notOk(names.includes('exec'))
  t.ok(names.includes('read'))
  t.match(toolResult(upstream.requests[1]), /tools\.deny/)
  t.notOk(existsSync(join(workspace, 'made')))
})

t.test('an answer in a format may come after a tool call', async (t) => {
  const first = { text: 'Let me see.', ...call('read', { path: 'no.txt' }) }
  const { gateway } = await stage(t, first, '{"city":"Berlin"}')
  const response_format = { type: 'json_object' }
  const whole = (await (await postChat(gateway, { response_format })).json()) as Body
  t.equal(whole.choices[0].message.content, '{"city":"Berlin"}')
  const stream = await (await postChat(gateway, { response_format, stream: true })).text()
  const text = [...stream.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, json]) => JSON.parse(json ?? '""'))
    .join('')
  t.equal(text, '{"city":"Berlin"}', 'a stream holds nothing else')
})

t.test('a tool of the caller stands in for one of the agent, and a demanded call is the caller’s', async (t) => {
  const { upstream, gateway } = await stage(t, call('read', { path: 'x' }), 'done')
  const tools = [{ type: 'function', function: { name: 'read', parameters: { type: 'object' } } }]
  const shadowed = (await (await postChat(gateway, { tools })).json()) as Body
  t.match(shadowed.choices[0], {
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'read' } }] },
  })
  const named = () => toolsOf(upstream.requests.at(-1))
  t.equal(named().filter((name) => name === 'read').length, 1)
  await postChat(gateway, { tools, tool_choice: 'required' })
  t.strictSame(named(), ['read'], 'nothing else can be called')
})

t.test('a picture that a tool shows is words for a model that sees none', async (t) => {
  const { upstream, workspace, gateway } = await stage(t, call('read', { path: 'dot.png' }), 'I cannot see it.')
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  writeFileSync(join(workspace, 'dot.png'), Buffer.from(dot, 'base64'))
  for (const content of ['look', 'and now?']) {
    const response = await postChat(gateway, { user: 'me', messages: [{ role: 'user', content }] })
    t.equal(response.status, 200, content)
  }
  t.match(toolResult(upstream.requests[1]), /image\/png; this model cannot see pictures/)
  t.notMatch(JSON.stringify(upstream.requests.map(({ body }) => body)), /iVBORw0/)
})

t.test('tools that are rarely needed are found and called through more_tools', async (t) => {
  const input = '*** Begin Patch\n*** Add File: a.txt\n+hello\n*** End Patch'
  const steps: Reply[] = [
    call('more_tools', { name: 'apply_patch' }, 'call_1'),
    call('more_tools', { name: 'apply_patch', args: { input } }, 'call_2'),
    { text: 'done' },
  ]
  const { upstream, workspace, gateway } = await stage(t, steps[0] as Reply, 'done')
  upstream.script = (request) => steps[messagesOf(request).filter(({ role }) => role === 'tool').length] as Reply
  await postChat(gateway)
  t.match(toolResult(upstream.requests[1]), /"name":"apply_patch".*"input"/)
  t.equal(readFileSync(join(workspace, 'a.txt'), 'utf8'), 'hello\n')
})

t.test('kill -9 while a tool runs: the transcript says what was attempted, and nothing is done again', async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const workspace = join(home, 'work')
  mkdirSync(state, { mode: 0o700 })
  mkdirSync(workspace)
  const command = 'echo run >> runs; sleep 20'
  const upstream = await startUpstream(t, script(call('exec', { command }), 'done'))
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const endpoints = { chatCompletions: { enabled: true } }
  const config = {
    gateway: { mode: 'local', bind: 'loopback', auth: { token }, http: { endpoints } },
    models,
    agents: { defaults: { ...agents.defaults, workspace } },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = 20_000 + ((process.pid + 7) % 20_000)
  let gateway = await startProcess(home, port)
  t.teardown(() => gateway.kill())
  const lost = postChat({ url: gateway.url, port }, { user: 'me' }).catch(() => 'gone')
  await until(() => existsSync(join(workspace, 'runs')))
  await gateway.kill()
  t.equal(await lost, 'gone')

  gateway = await startProcess(home, port)
  upstream.script = 'I see.'
  const next = await postChat(
    { url: gateway.url, port },
    { user: 'me', messages: [{ role: 'user', content: 'and now?' }] },
  )
  t.equal(next.status, 200)
  const conversation = messagesOf(upstream.requests.at(-1) as Seen).filter(({ role }) => role !== 'system')
  t.match(conversation, [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: [{ function: { name: 'exec' } }] },
    { role: 'tool', content: '(no result)' },
    { role: 'user', content: 'and now?' },
  ])
  t.equal(readFileSync(join(workspace, 'runs'), 'utf8'), 'run\n')
})
