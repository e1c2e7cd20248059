import t, { type Test } from 'tap'
import { agentScript, callOf, type Sight } from '../helper/agent-script.js'
import { until } from '../helper/calls.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { connected, type TestSocket } from '../helper/socket.js'
import { type Reply, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const meet = { sessions: { visibility: 'all' }, agentToAgent: { enabled: true } }

async function stage(t: Test, answer: (sight: Sight) => Reply | string, tools: object = meet, session: object = {}) {
  const upstream = await startUpstream(t, agentScript(answer))
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const entries = { main: { default: true }, ops: { name: 'Ops' } }
  const config = testConfig({ models, agents: { ...agents, entries }, tools, session })
  const gateway = await startGateway(t, config)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const go = () => socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'go' })
  return { upstream, socket, go }
}

async function said(socket: TestSocket, sessionKey: string): Promise<string[]> {
  const { messages } = await socket.call('chat.history', { sessionKey })
  return (messages as Body[])
    .filter(({ role }) => role !== 'toolResult')
    .map(({ role, content }) => `${role}: ${content.map((part: Body) => part.text ?? '').join('')}`)
}

const isOps = ({ system }: Sight) => system.includes('Ops')
const letter = { agentId: 'ops', message: 'How many servers?' }

t.test('two agents talk: an answer, a reply, and an end', async (t) => {
  const { socket, go } = await stage(t, (sight) => {
    const { user, told } = sight
    if (isOps(sight)) return /turn 2 of at most 5/.test(user) ? 'REPLY_SKIP' : 'Seven.'
    if (/^\[Answer of agent "ops"/.test(user)) return 'Thank you.'
    return told.length === 0 ? callOf('sessions_send', letter) : `They say: ${told[0]}`
  })
  await go()
  await until(async () => (await said(socket, 'agent:ops:main')).at(-1) === 'assistant: REPLY_SKIP')
  const ops = await said(socket, 'agent:ops:main')
  t.match(
    ops[0],
    /^user: \[Message of agent "main" in session agent:main:main\. It is not from your user.*\]\n\nHow many servers\?$/,
  )
  t.equal(ops[1], 'assistant: Seven.')
  t.match(ops[2], /Answer of agent "main" in session agent:main:main, turn 2 of at most 5[\s\S]*Thank you\.$/)
  const main = await said(socket, 'main')
  t.match(main, [
    /go$/,
    /^assistant: $/,
    'assistant: They say: Answer of agent:ops:main:\nSeven.',
    /turn 1 of at most 5/,
    'assistant: Thank you.',
  ])
})

t.test('timeoutSeconds 0 does not wait, a short one gives up without ending anything', async (t) => {
  for (const timeoutSeconds of [0, 0.2]) {
    const { socket, go } = await stage(
      t,
      (sight) => {
        if (isOps(sight)) return { text: 'Late.', firstDelayMs: 1_500 }
        return sight.told[0] ?? callOf('sessions_send', { ...letter, timeoutSeconds })
      },
      meet,
      { agentToAgent: { maxPingPongTurns: 0 } },
    )
    await go()
    const { payload } = await socket.event(
      'chat',
      ({ state, sessionKey }) => state === 'final' && sessionKey.endsWith('main:main'),
    )
    t.match(
      payload.message.content[0].text,
      timeoutSeconds === 0 ? /^Sent to agent:ops:main \(run send_\w+\)\.$/ : /no answer yet/,
    )
    await until(async () => (await said(socket, 'agent:ops:main')).at(-1) === 'assistant: Late.')
    t.equal((await said(socket, 'main')).filter((line) => line.includes('Answer of')).length, 0, 'no exchange')
  }
})

t.test('what is refused', async (t) => {
  const attempts: readonly [object, object, RegExp][] = [
    [{}, letter, /not visible from here: tools\.sessions\.visibility is "tree"/],
    [{ sessions: { visibility: 'all' } }, letter, /tools\.agentToAgent does not let these agents meet/],
    [meet, { ...letter, agentId: undefined, sessionKey: 'agent:ops:slack:group:x:thread:1' }, /not to a thread/],
    [meet, { message: 'hi', sessionKey: 'main' }, /That is this session/],
    [meet, { message: 'hi' }, /Name the session/],
    [meet, { message: 'hi', agentId: 'nobody' }, /nobody/],
  ]
  for (const [tools, args, why] of attempts) {
    let told = ''
    const { socket, go, upstream } = await stage(
      t,
      (sight) => {
        told = sight.told[0] ?? ''
        return told === '' ? callOf('sessions_send', args) : 'done'
      },
      tools,
    )
    await go()
    await socket.event('chat', ({ state }) => state === 'final')
    t.match(told, why)
    t.equal(upstream.requests.length, 2, 'nobody else was asked')
  }
})
