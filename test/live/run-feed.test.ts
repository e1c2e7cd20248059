import t from 'tap'
import type { RunFinal, RunResult } from '../../src/agents/types.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { EventBus } from '../../src/kernel/events.js'
import type { GatewayEvents } from '../../src/live/events.js'
import { Hub } from '../../src/live/hub.js'
import { RunFeed } from '../../src/live/run-feed.js'
import { HandClock } from '../helper/clock.js'
import { testPeer } from '../helper/peer.js'

const turn = { runId: 'r', sessionKey: 'agent:main:main', agent: 'main' }
const result = (text: string, more: Partial<RunResult> = {}): RunResult => ({
  text,
  refusal: null,
  reasoning: '',
  toolCalls: [],
  finish: 'stop',
  usage: { input: 3, output: 2, cacheRead: 1, reasoning: 0, estimated: false },
  modelMs: 1,
  ...more,
})

function open() {
  const clock = new HandClock()
  const hub = new Hub(clock)
  const bus = new EventBus<GatewayEvents>((error) => {
    throw error
  })
  const feed = new RunFeed(hub, clock)
  const stop = feed.follow(bus)
  const peer = testPeer('p')
  hub.add(peer)
  const start = (more: object = {}) =>
    bus.emit('run.started', { ...turn, origin: 'http', model: 'prov/one', input: [], ...more })
  const say = (delta: string) => bus.emit('run.event', { ...turn, event: { type: 'text', delta } })
  const end = (final: RunFinal, more: object = {}) =>
    bus.emit('run.finished', {
      ...turn,
      provider: 'prov',
      model: 'prov/one',
      origin: 'http',
      outcome: final.type === 'end' ? 'ok' : final.type,
      durationMs: 1,
      usage: final.type === 'end' ? final.result.usage : undefined,
      final,
      ...more,
    })
  const chat = () => peer.told.filter(({ name }) => name === 'chat').map(({ payload }) => payload)
  const agent = () => peer.told.filter(({ name }) => name === 'agent').map(({ payload }) => payload)
  return { clock, hub, bus, feed, stop, peer, start, say, end, chat, agent }
}

t.test('the first words at once, then at most one delta in 150 ms, the rest with the end', async (t) => {
  const { clock, start, say, end, chat, agent, feed } = open()
  start()
  say('a')
  say('b')
  say('c')
  t.strictSame(
    chat().map(({ deltaText }) => deltaText),
    ['a'],
  )
  clock.advance(149)
  t.equal(chat().length, 1)
  clock.advance(1)
  t.strictSame(
    chat().map(({ deltaText }) => deltaText),
    ['a', 'bc'],
  )
  t.equal(chat()[1].message.content[0].text, 'abc')
  clock.advance(1_000)
  t.equal(chat().length, 2, 'nothing new, nothing sent')
  say('d')
  t.equal(chat().length, 3, 'after a pause at once')
  say('e')
  end({ type: 'end', result: result('abcde'), messages: [] })
  t.match(chat().slice(3), [
    { state: 'delta', deltaText: 'e', message: { content: [{ text: 'abcde' }] } },
    {
      state: 'final',
      stopReason: 'stop',
      message: { content: [{ type: 'text', text: 'abcde' }] },
      usage: { input: 2, output: 2, cacheRead: 1, cacheWrite: 0, totalTokens: 5 },
    },
  ])
  clock.advance(1_000)
  t.equal(chat().length, 5, 'no timer outlives the turn')
  t.equal(feed.size, 0)
  const numbers = agent().map(({ seq }) => seq)
  t.strictSame(
    numbers,
    numbers.map((_, index) => index + 1),
  )
})

t.test('an answer that its door made into something else replaces what was sent', async (t) => {
  const { start, say, end, chat } = open()
  start()
  say('```json\n{')
  end({ type: 'end', result: result('{}'), messages: [] })
  t.match(chat()[1], { state: 'delta', replace: true, deltaText: '{}', message: { content: [{ text: '{}' }] } })
  t.match(chat()[2], { state: 'final', message: { content: [{ text: '{}' }] } })
})

t.test('a whole answer, a silent one, one with tool calls and a refusal', async (t) => {
  const { start, end, chat, peer } = open()
  const finals: [RunResult, object][] = [
    [result('whole'), { message: { content: [{ type: 'text', text: 'whole' }] } }],
    [result(''), {}],
    [
      result('', { finish: 'tool_calls', toolCalls: [{ id: 'c', name: 'f', arguments: '{"x":1}' }] }),
      { stopReason: 'toolUse', message: { content: [{ type: 'toolCall', id: 'c', name: 'f', arguments: { x: 1 } }] } },
    ],
    [result('', { refusal: 'No.' }), { message: { content: [{ type: 'text', text: 'No.' }] } }],
  ]
  for (const [given, shown] of finals) {
    peer.told.length = 0
    start()
    end({ type: 'end', result: given, messages: [] })
    const last = chat().at(-1)
    t.match(last, { state: 'final', ...shown })
    if (Object.keys(shown).length === 0) t.notOk('message' in last)
  }
})

t.test('failures say what sort they are', async (t) => {
  const { start, end, chat, agent, bus, peer } = open()
  const kinds = [
    ['run_timeout', 'timeout'],
    ['upstream_timeout', 'timeout'],
    ['rate_limit_exceeded', 'rate_limit'],
    ['context_length_exceeded', 'context_length'],
    ['upstream_error', 'unknown'],
  ] as const
  for (const [code, errorKind] of kinds) {
    start()
    end({ type: 'error', error: new GatewayError(code), partial: 'par' })
    t.match(chat().at(-1), { state: 'error', errorKind, errorMessage: String, message: { content: [{ text: 'par' }] } })
    t.match(agent().at(-1), { stream: 'lifecycle', data: { phase: 'error', error: String } })
  }
  peer.told.length = 0
  bus.emit('run.refused', { ...turn, error: new GatewayError('model_not_found') })
  t.match(chat(), [{ state: 'error', runId: 'r', sessionKey: turn.sessionKey }])
})

t.test('nothing is sent while nobody listens; who comes later gets all of it', async (t) => {
  const { clock, hub, peer, start, say, end, chat, feed } = open()
  hub.remove(peer)
  start()
  say('before ')
  clock.advance(500)
  hub.add(peer)
  say('after')
  t.match(chat(), [{ deltaText: 'before after', message: { content: [{ text: 'before after' }] } }])
  end({ type: 'end', result: result('before after'), messages: [] })
  t.equal(chat().at(-1).state, 'final')
  t.equal(feed.size, 0)
})

t.test('a turn without a session is not shown', async (t) => {
  const { end, peer } = open()
  end({ type: 'end', result: result('x'), messages: [] }, { sessionKey: undefined })
  t.strictSame(peer.told, [])
})

t.test('it stops with its gateway', async (t) => {
  const { clock, start, say, stop, chat, feed } = open()
  start()
  say('a')
  say('b')
  stop()
  clock.advance(1_000)
  say('c')
  t.equal(chat().length, 1)
  t.equal(feed.size, 0)
})
