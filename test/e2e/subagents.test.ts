import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runGateway } from '../../src/main.js'
import { agentScript, callOf, type Sight, sightOf } from '../helper/agent-script.js'
import { until } from '../helper/calls.js'
import { testConfig, testInstance, upstreamConfig } from '../helper/gateway.js'
import { connected, type TestSocket } from '../helper/socket.js'
import { type Reply, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

type Answer = (sight: Sight) => Reply | string | Promise<Reply | string>

const isChild = ({ system }: Sight) => /You are a sub-agent/.test(system)
const isNews = ({ user }: Sight) => /a sub-agent that you started has ended/.test(user)

async function stage(t: Test, answer: Answer, more: { agents?: Body; tools?: object; channels?: object } = {}) {
  const upstream = await startUpstream(t, agentScript(answer))
  const workspace = join(t.testdir(), 'workspace')
  mkdirSync(workspace)
  writeFileSync(join(workspace, 'AGENTS.md'), 'Rules for everybody.')
  writeFileSync(join(workspace, 'SOUL.md'), 'Be witty.')
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const defaults = { ...agents.defaults, workspace, ...more.agents?.defaults }
  const config = testConfig({
    models,
    agents: { ...more.agents, defaults },
    tools: more.tools ?? {},
    channels: more.channels ?? {},
  })
  const instance = await testInstance(t, config)
  const start = async () => {
    const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
    t.teardown(() => gateway.close('the test is over'))
    return { gateway, socket: await connected(t, gateway.url.replace('http', 'ws')) }
  }
  return { upstream, start, ...(await start()) }
}

const send = (socket: TestSocket, message: string, more: object = {}) =>
  socket.call('chat.send', { sessionKey: 'main', message, idempotencyKey: message, ...more })

async function said(socket: TestSocket, sessionKey: string): Promise<string[]> {
  const { messages } = await socket.call('chat.history', { sessionKey })
  return (messages as Body[]).map(
    ({ role, content }) => `${role}: ${content.map((part: Body) => part.text ?? '').join('')}`,
  )
}

const childrenOf = async (socket: TestSocket, more: object = {}) =>
  ((await socket.call('sessions.list', more)).sessions as Body[]).filter(({ key }) => key.includes(':subagent:'))

t.test('a child works on its own, and its parent is told', async (t) => {
  const { socket, upstream } = await stage(t, (sight) => {
    if (isChild(sight)) return 'The answer is 42.'
    if (isNews(sight)) return 'My helper says 42.'
    return sight.told.length > 0
      ? 'Somebody works on it.'
      : callOf('sessions_spawn', { task: 'Find it', label: 'finder' })
  })
  await send(socket, 'go')
  await socket.event(
    'chat',
    ({ state, message }) => state === 'final' && message.content[0].text === 'Somebody works on it.',
  )
  await socket.event(
    'chat',
    ({ state, message }) => state === 'final' && message.content[0].text === 'My helper says 42.',
  )
  const [child] = await childrenOf(socket)
  t.match(child, { label: 'finder', parentSessionKey: 'agent:main:main', agentId: 'main' })
  t.strictSame(await said(socket, child?.key), ['user: Find it', 'assistant: The answer is 42.'])
  const news = (await said(socket, 'main')).find((line) => line.includes('has ended')) ?? ''
  t.match(news, /Task: finder\nStatus: ok\n/)
  t.match(news, /EXTERNAL_UNTRUSTED_CONTENT[\s\S]*The answer is 42\.[\s\S]*END_EXTERNAL_UNTRUSTED_CONTENT/)
  t.match(news, new RegExp(`Took \\d+ s; 11 tokens in, 7 out. Session: ${child?.key}`))

  const seen = upstream.requests.map(({ body }) => sightOf(body)).find(isChild)
  t.match(seen?.system, 'Rules for everybody.')
  t.notMatch(seen?.system, 'Be witty.', 'a sub-agent gets rules and tools only')
  const never = ['sessions_spawn', 'sessions_send', 'session_status', 'agents_list', 'gateway', 'memory_search']
  t.strictSame(
    never.filter((name) => seen?.tools.includes(name) || JSON.stringify(seen).includes(`${name} (`)),
    [],
    'what sub-agents never get',
  )
})

t.test('ANNOUNCE_SKIP keeps quiet, cleanup delete leaves nothing', async (t) => {
  const { socket, upstream } = await stage(t, (sight) => {
    if (isChild(sight)) return 'ANNOUNCE_SKIP'
    return sight.told.length > 0 ? 'Started.' : callOf('sessions_spawn', { task: 'Quietly', cleanup: 'delete' })
  })
  await send(socket, 'go')
  await socket.event('chat', ({ state, sessionKey }) => state === 'final' && sessionKey === 'agent:main:main')
  await until(async () => upstream.requests.length === 3 && (await childrenOf(socket)).length === 0)
  t.notMatch(JSON.stringify(await said(socket, 'main')), 'has ended')
})

t.test('limits: depth, children, agents, time', async (t) => {
  const answers: string[] = []
  const { socket } = await stage(
    t,
    async (sight) => {
      if (isNews(sight)) return 'NO_REPLY'
      if (isChild(sight)) return { text: 'never', hangAfter: 0 }
      const { told } = sight
      if (told.length === 3) {
        answers.push(...told)
        return 'enough'
      }
      return callOf('sessions_spawn', {
        task: 'wait',
        ...(told.length === 2 && { agentId: 'ops' }),
        runTimeoutSeconds: told.length === 0 ? 1 : 0,
      })
    },
    { agents: { defaults: { subagents: { maxChildrenPerAgent: 1 } }, entries: { main: { default: true }, ops: {} } } },
  )
  await send(socket, 'go')
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'enough')
  t.match(answers, [/^Accepted: run run_/, /run already \(maxChildrenPerAgent\)/, /You may not start "ops"/])
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'NO_REPLY')
  t.match(
    (await said(socket, 'main')).find((line) => line.includes('has ended')),
    /Status: timeout/,
  )
})

t.test(
  'a child that is forked knows what was said before; the half-done turn stays out, and so do other agents',
  async (t) => {
    const refusals: string[] = []
    const { socket, upstream } = await stage(
      t,
      (sight) => {
        if (isNews(sight)) return 'NO_REPLY'
        if (isChild(sight)) return 'blue, as you said'
        if (sight.user !== 'ask around') return 'Noted.'
        refusals.push(...sight.told)
        if (sight.told.length === 2) return 'enough'
        const agentId = sight.told.length === 0 ? { agentId: 'ops' } : {}
        return callOf('sessions_spawn', { task: 'Which colour?', context: 'fork', ...agentId })
      },
      {
        agents: {
          defaults: { subagents: { allowAgents: ['*'] } },
          entries: { main: { default: true }, ops: {} },
        },
      },
    )
    await send(socket, 'my colour is blue')
    await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'Noted.')
    await send(socket, 'ask around')
    await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'enough')
    await until(async () => (await childrenOf(socket))[0]?.status === 'done')
    t.match(refusals[0], /to the same agent only/)
    const child = upstream.requests.find(({ body }) => isChild(sightOf(body)))
    const told = ((child?.body.messages ?? []) as Body[])
      .filter(({ role }) => role !== 'system')
      .map(({ role, content }) => [role, content])
    t.match(told, [
      ['user', /my colour is blue/],
      ['assistant', 'Noted.'],
      ['user', /ask around/],
      ['user', /Which colour\?/],
    ])
  },
)

t.test('sessions.abort stops children also when no turn of the session runs', async (t) => {
  const { socket, upstream } = await stage(t, (sight) => {
    if (isChild(sight)) return { text: 'never', hangAfter: 0 }
    return sight.told.length > 0 ? 'Started.' : callOf('sessions_spawn', { task: 'wait' })
  })
  await send(socket, 'go')
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'Started.')
  await until(() => upstream.active === 1)
  t.match(await socket.call('sessions.abort', { key: 'main' }), { ok: true, status: 'no-active-run' })
  await until(async () => (await childrenOf(socket))[0]?.status === 'killed')
})

t.test('who stops the parent stops its children, and is not told of them', async (t) => {
  const { socket, upstream } = await stage(t, (sight) => {
    if (isChild(sight)) return { text: 'never', hangAfter: 0 }
    return sight.told.length > 0 ? 'Started.' : callOf('sessions_spawn', { task: 'wait' })
  })
  await send(socket, 'go')
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'Started.')
  await until(() => upstream.active === 1)
  await socket.call('chat.abort', { sessionKey: 'main' })
  await until(async () => (await childrenOf(socket))[0]?.status === 'killed')
  t.equal(upstream.requests.length, 3)
  t.notMatch(JSON.stringify(await said(socket, 'main')), 'has ended')
})

t.test('a restart loses a child that ran, and says so once', async (t) => {
  let hung = true
  const { socket, upstream, gateway, start } = await stage(t, (sight) => {
    if (isChild(sight)) return hung ? { text: 'never', hangAfter: 0 } : 'late'
    if (isNews(sight)) return 'It was lost.'
    return sight.told.length > 0 ? 'Started.' : callOf('sessions_spawn', { task: 'wait' })
  })
  await send(socket, 'go')
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'Started.')
  await until(() => upstream.active === 1)
  await gateway.close('restart')
  hung = false
  const next = await start()
  const news = async () => (await said(next.socket, 'main')).filter((line) => line.includes('has ended'))
  await until(async () => (await said(next.socket, 'main')).at(-1) === 'assistant: It was lost.')
  t.match(await news(), [/Status: lost: the gateway went down/])
  await next.gateway.close('restart')
  const third = await start()
  t.equal((await said(third.socket, 'main')).filter((line) => line.includes('has ended')).length, 1, 'told once')
})

t.test('a sandboxed parent starts no sub-agent outside of a sandbox', async (t) => {
  let told = ''
  const { socket } = await stage(
    t,
    (sight) => {
      told = sight.told[0] ?? ''
      return told === '' ? callOf('sessions_spawn', { task: 'escape', agentId: 'free' }) : 'done'
    },
    {
      agents: {
        defaults: { sandbox: { mode: 'all', backend: 'bubblewrap' }, subagents: { allowAgents: ['*'] } },
        entries: { main: { default: true }, free: { sandbox: { mode: 'off' } } },
      },
    },
  )
  await send(socket, 'go')
  await socket.event('chat', ({ state }) => state === 'final')
  t.match(told, /A sandboxed session may not start a sub-agent of "free"/)
  t.equal((await childrenOf(socket)).length, 0)
})

t.test('what a group may not do, its sub-agents may not do either', async (t) => {
  const { socket, upstream } = await stage(
    t,
    (sight) => {
      if (isChild(sight)) return sight.told[0] ?? callOf('exec', { command: 'id' })
      if (isNews(sight)) return 'NO_REPLY'
      return sight.told.length > 0 ? 'Started.' : callOf('sessions_spawn', { task: 'Run it' })
    },
    { channels: { telegram: { groups: { '42': { tools: { deny: ['exec'] } } } } } },
  )
  await send(socket, 'go', { sessionKey: 'agent:main:telegram:group:42' })
  await socket.event('chat', ({ state, message }) => state === 'final' && message.content[0].text === 'NO_REPLY')
  const child = upstream.requests.map(({ body }) => sightOf(body)).filter(isChild)
  t.notOk(child[0]?.tools.includes('exec'), 'not offered')
  t.ok(child[0]?.tools.includes('read'))
  t.match(child[1]?.told[0], /exec/, 'and refused')
  t.notMatch(child[1]?.told[0], /uid=/)
})
