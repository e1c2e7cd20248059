import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { postChat, until } from '../../helper/calls.js'
import { build, testConfig, upstreamConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf } from '../../helper/rpc.js'
import { startGateway } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'
import { type Reply, type Script, type Seen, startUpstream } from '../../helper/upstream.js'
import type { Body } from '../../helper/upstream-wire.js'

const protocol = new ProtocolSchema()
const queue = { debounceMs: 20 }

/** A model whose first answer comes when it is told to, and a gateway that asks it. */
async function stage(t: Test, settings: object = queue, later: Script = 'later') {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const script = async (seen: Seen, number: number): Promise<Reply | string> => {
    if (number > 0) return typeof later === 'function' ? later(seen, number) : (later as string)
    await opened
    return 'first'
  }
  const upstream = await startUpstream(t, script)
  const workspace = t.testdir()
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const config = { models, agents: { defaults: { ...agents.defaults, workspace } }, messages: { queue: settings } }
  const app = await build(t, testConfig(config))
  const send = (message: string, more: object = {}) =>
    resultOf(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey: message, ...more })
  const done = (runId: string) => resultOf(app, 'agent.wait', { runId, timeoutMs: 10_000 })
  const begin = async (message = 'one') => {
    await send(message)
    await until(() => upstream.active === 1)
  }
  return { upstream, app, send, done, begin, open: () => open(), workspace }
}

/** What the model was told by the user in one request. */
const said = (seen: Seen | undefined) =>
  ((seen?.body.messages ?? []) as Body[]).filter(({ role }) => role === 'user').map(({ content }) => content)

const users = async (app: Parameters<typeof resultOf>[0]) => {
  const page = await resultOf(app, 'chat.history', { sessionKey: 'main', limit: 200 })
  const mine = (page.messages as Body[]).filter(({ role }) => role === 'user')
  return mine.map(({ content, idempotencyKey }) => [content[0].text, idempotencyKey])
}

t.test('collect: three messages during a turn are one later turn, and each id knows how it ended', async (t) => {
  const { upstream, app, send, done, begin, open } = await stage(t)
  await begin()
  for (const word of ['two', 'three', 'four']) t.match(await send(word), { status: 'started' })
  t.match(await resultOf(app, 'chat.history', { sessionKey: 'main' }), { pendingInputs: { total: 3 } })
  open()
  for (const word of ['one', 'two', 'three', 'four']) t.match(await done(word), { runId: word, status: 'ok' })
  t.equal(upstream.requests.length, 2)
  t.strictSame(said(upstream.requests[1]), ['one', 'two', 'three', 'four'])
  t.strictSame(
    await users(app),
    ['one', 'two', 'three', 'four'].map((word) => [word, `${word}:user`]),
    'each message stands in the transcript as it came',
  )
  t.match(await send('three'), { status: 'ok' })
  t.match(await resultOf(app, 'agent', { message: 'three', idempotencyKey: 'three' }), {
    status: 'ok',
    result: { payloads: [{ text: 'later' }] },
  })
  t.equal(upstream.requests.length, 2, 'nothing runs twice')
  t.match(await resultOf(app, 'chat.history', { sessionKey: 'main' }), { pendingInputs: { total: 0 } })
})

t.test('a message to an idle session begins at once, whatever the quiet time', async (t) => {
  const { send, begin, done, open } = await stage(t, { debounceMs: 600_000 })
  await begin()
  open()
  t.match(await done('one'), { status: 'ok' })
  await send('two')
  t.match(await done('two'), { status: 'ok' })
})

t.test('collect: what is to be answered in another way has a turn of its own', async (t) => {
  const { upstream, send, done, begin, open } = await stage(t)
  await begin()
  await send('two')
  await send('three', { thinking: 'high' })
  await send('four')
  open()
  t.match(await done('four'), { status: 'ok' })
  t.strictSame(
    upstream.requests.slice(1).map((seen) => said(seen).at(-1)),
    ['two', 'three', 'four'],
  )
})

t.test('clients hear the end of every message once, and the answer once', async (t) => {
  const upstream = await startUpstream(t, [{ text: 'first', firstDelayMs: 300 }, 'later'])
  const gateway = await startGateway(t, testConfig({ ...upstreamConfig(upstream.baseUrl), messages: { queue } }))
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const send = (message: string) => socket.call('chat.send', { sessionKey: 'main', message, idempotencyKey: message })
  for (const word of ['one', 'two', 'three']) await send(word)
  await socket.event('chat', ({ state, runId }) => state === 'final' && runId === 'three')
  const finals = socket.frames.filter(({ event, payload }) => event === 'chat' && payload.state === 'final')
  for (const { payload } of finals) t.strictSame(protocol.problems('ChatFinalEvent', payload), [])
  const told = finals.map(({ payload }) => [payload.runId, payload.message?.content[0].text])
  t.strictSame(told.sort(), [
    ['one', 'first'],
    ['three', undefined],
    ['two', 'later'],
  ])
})

t.test(
  'steer: the running turn reads it in the middle of its tool calls and skips those that have not begun',
  async (t) => {
    const exec = (id: string, command: string) => ({ id, name: 'exec', arguments: JSON.stringify({ command }) })
    const upstream = await startUpstream(t, [
      {
        toolCalls: [
          exec('a', 'echo began > began; while [ ! -f go ]; do sleep 0.02; done; echo went'),
          exec('b', 'echo wrong > second'),
        ],
      },
      'I see',
    ])
    const workspace = t.testdir()
    const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
    const app = await build(t, testConfig({ models, agents: { defaults: { ...agents.defaults, workspace } } }))
    const send = (method: string, params: object) => resultOf(app, method, params)
    await send('chat.send', { sessionKey: 'main', message: 'work', idempotencyKey: 'work' })
    await until(() => existsSync(join(workspace, 'began')))
    await send('sessions.steer', { key: 'main', message: 'stop that, do this', idempotencyKey: 'steered' })
    writeFileSync(join(workspace, 'go'), '')
    t.match(await send('agent.wait', { runId: 'steered', timeoutMs: 10_000 }), { status: 'ok' })
    t.match(await send('agent.wait', { runId: 'work', timeoutMs: 10_000 }), { status: 'ok' })
    t.equal(upstream.requests.length, 2, 'it is part of the turn that ran')
    const told = ((upstream.requests[1]?.body.messages ?? []) as Body[]).slice(-3)
    t.match(told, [
      { role: 'tool', tool_call_id: 'a', content: /went/ },
      { role: 'tool', tool_call_id: 'b', content: /Skipped/ },
      { role: 'user', content: 'stop that, do this' },
    ])
    t.notOk(existsSync(join(workspace, 'second')))
    t.strictSame(await users(app), [
      ['work', 'work:user'],
      ['stop that, do this', 'steered:user'],
    ])
    t.match(await send('sessions.steer', { key: 'main', message: 'more', idempotencyKey: 'idle' }), {
      status: 'started',
    })
    t.match(await send('agent.wait', { runId: 'idle', timeoutMs: 10_000 }), { status: 'ok' })
  },
)

t.test('steer: a turn that fails before it has read the message leaves it a turn of its own', async (t) => {
  const later: Script = (_seen, number) => (number === 1 ? 'answered' : 'more')
  const { upstream, app, send, done, begin } = await stage(t, { mode: 'steer' }, later)
  await begin()
  await send('two')
  await resultOf(app, 'chat.abort', { sessionKey: 'main', runId: 'one' })
  t.match(await done('one'), { stopReason: 'aborted' })
  t.match(await done('two'), { status: 'ok' })
  t.equal(said(upstream.requests[1]).at(-1), 'two')
  t.equal(upstream.requests.length, 2)
})

t.test('steer-backlog: the turn reads it, and it has its own turn too', async (t) => {
  const { upstream, send, done, begin, open } = await stage(t, { mode: 'steer+backlog' })
  await begin()
  await send('two')
  open()
  t.match(await done('two'), { status: 'ok' })
  t.equal(upstream.requests.length, 3)
  t.strictSame(
    upstream.requests.slice(1).map((seen) => said(seen).at(-1)),
    ['two', 'two'],
  )
})

t.test('the words of the message, the session, the channel and the config decide in this order', async (t) => {
  const { upstream, app, send, done, begin, open } = await stage(t, {
    mode: 'collect',
    byChannel: { webchat: 'followup' },
  })
  await begin()
  await send('two')
  await send('three')
  open()
  t.match(await done('three'), { status: 'ok' })
  t.equal(upstream.requests.length, 3, 'the channel')
  await resultOf(app, 'sessions.patch', { key: 'main', queueMode: 'interrupt' })
  upstream.script = [{ hangAfter: 0 }, { hangAfter: 0 }, 'x']
  upstream.script = (seen) => (said(seen).at(-1) === 'end' ? 'x' : { hangAfter: 0 })
  await send('four')
  await until(() => upstream.active === 1)
  await send('five')
  t.match(await done('four'), { stopReason: 'aborted' }, 'the session')
  await until(() => upstream.active === 1)
  await send('end', { queueMode: 'followup' })
  t.match(await resultOf(app, 'sessions.describe', { key: 'main' }), { session: { activeRunIds: ['five', 'end'] } })
  await resultOf(app, 'chat.abort', { sessionKey: 'main', runId: 'five' })
  t.match(await done('end'), { status: 'ok' }, 'the message')
})

t.test('too many: the oldest are dropped, kept as lines, or the new one is refused', async (t) => {
  const words = ['two', 'three', 'four', 'five']
  const ends = async (drop: string) => {
    const { upstream, app, send, done, begin, open } = await stage(t, { ...queue, cap: 2, drop })
    await begin()
    for (const word of words.slice(0, drop === 'new' ? 2 : 4)) await send(word)
    if (drop === 'new') {
      const late = { sessionKey: 'main', message: 'x', idempotencyKey: 'x' }
      t.match(await errorOf(app, 'chat.send', late), { code: 'session_busy' })
    }
    open()
    const known = []
    for (const word of drop === 'new' ? ['two', 'three'] : words) known.push((await done(word)).status)
    return { known, said: said(upstream.requests[1]), count: upstream.requests.length }
  }
  t.strictSame(await ends('old'), { known: ['error', 'error', 'ok', 'ok'], said: ['one', 'four', 'five'], count: 2 })
  t.strictSame(await ends('new'), { known: ['ok', 'ok'], said: ['one', 'two', 'three'], count: 2 })
  const summed = await ends('summarize')
  t.strictSame(summed.known, ['ok', 'ok', 'ok', 'ok'])
  t.match(summed.said, ['one', /- two\n- three$/, 'four', 'five'])
  t.equal(summed.count, 2)
})

t.test('a message that waits can be called off alone, and with all others', async (t) => {
  const { upstream, app, send, done, begin } = await stage(t)
  await begin()
  for (const word of ['two', 'three', 'four']) await send(word)
  t.match(await resultOf(app, 'chat.abort', { sessionKey: 'main', runId: 'three' }), { runIds: ['three'] })
  t.match(await done('three'), { stopReason: 'aborted' })
  const all = await resultOf(app, 'chat.abort', { sessionKey: 'main' })
  t.strictSame([...all.runIds].sort(), ['four', 'one', 'two'])
  for (const word of ['one', 'two', 'four']) t.match(await done(word), { stopReason: 'aborted' })
  await until(() => upstream.active === 0)
  t.ok(upstream.requests[0]?.aborted, 'the model upstream was told')
  t.equal(upstream.requests.length, 1)
})

t.test('callers over HTTP get each the answer to their own question', async (t) => {
  const upstream = await startUpstream(t, async ({ body }) => {
    const messages = body.messages as Body[]
    await new Promise((resolve) => setTimeout(resolve, 50))
    return `answer to ${messages.at(-1)?.content}`
  })
  const config = { ...upstreamConfig(upstream.baseUrl), messages: { queue: { mode: 'steer' } } }
  const gateway = await startGateway(t, testConfig(config))
  const ask = async (content: string) => {
    const response = await postChat(gateway, { user: 'me', messages: [{ role: 'user', content }] })
    return ((await response.json()) as Body).choices[0].message.content
  }
  const answers = await Promise.all(['a', 'b', 'c'].map(ask))
  t.strictSame(answers, ['answer to a', 'answer to b', 'answer to c'])
})

t.test('collect: one that waits for quiet is not thrown away when others come', async (t) => {
  const { send, done, begin, open, app } = await stage(t, { debounceMs: 400, cap: 2 })
  await begin()
  await send('two')
  open()
  t.match(await done('one'), { status: 'ok' })
  await until(() => app.runtime.agents.live.get('two')?.running === true)
  await send('three')
  await send('four')
  t.match(await done('two'), { status: 'ok' })
  t.match(await done('three'), { status: 'ok' })
})

t.test('steer: what was dropped in favour of a message is seen with it, and has an end', async (t) => {
  const { send, done, begin, open, upstream, app } = await stage(t, { mode: 'steer', cap: 1, debounceMs: 20 })
  await begin()
  await send('two')
  await send('three')
  await send('four')
  open()
  for (const name of ['one', 'two', 'three', 'four']) t.match(await done(name), { status: 'ok' }, name)
  await until(() => app.runtime.agents.active === 0)
  t.match(await resultOf(app, 'chat.history', { sessionKey: 'main' }), { pendingInputs: { total: 0 } })
  t.match(JSON.stringify(upstream.requests.at(-1)?.body), /two.*three.*four/)
})

t.test('interrupt: the same call twice at once does not end itself', async (t) => {
  const { done, begin, open, app } = await stage(t)
  await begin()
  const content = [{ type: 'text' as const, text: 'two' }]
  const facts = { runId: 'two', origin: 'ws' as const, queueMode: 'interrupt' as const }
  const message = { sessionKey: 'main', content, ...facts }
  const both = await Promise.all([1, 2].map(() => app.runtime.sessions.turns.send(message)))
  t.strictSame(both.map(({ status }) => status).sort(), ['known', 'started'])
  open()
  t.match(await done('two'), { status: 'ok' })
})
