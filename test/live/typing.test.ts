import t from 'tap'
import type { RunEvent } from '../../src/agents/types.js'
import type { Place } from '../../src/channels/port.js'
import { Typing, type TypingMode, typingRules } from '../../src/live/typing.js'
import { HandClock } from '../helper/clock.js'

const place: Place = { kind: 'direct', id: '42' }
const said: RunEvent = { type: 'text', delta: 'x' }
const thought: RunEvent = { type: 'reasoning', delta: 'x' }
const begun: RunEvent = { type: 'start', runId: 'r', model: 'm', promptBytes: 1 }

function typing(mode: TypingMode) {
  const clock = new HandClock()
  const seen: string[] = []
  const connection = {
    typing: async () => void seen.push('typing'),
    idle: async () => void seen.push('idle'),
  }
  return { clock, seen, sign: new Typing({ connection, place, clock, mode, everyMs: 5_000 }) }
}

t.test('when it begins', async (t) => {
  const rows: readonly [TypingMode, readonly number[]][] = [
    ['never', [0, 0, 0, 0]],
    ['instant', [1, 1, 1, 1]],
    ['thinking', [0, 0, 1, 1]],
    ['message', [0, 0, 0, 1]],
  ]
  for (const [mode, counts] of rows) {
    const { sign, seen } = typing(mode)
    const found = [seen.length]
    for (const event of [begun, thought, said]) {
      sign.add(event)
      found.push(seen.length)
    }
    t.strictSame(found, counts, mode)
    sign.stop()
    t.equal(seen.includes('idle'), mode !== 'never', `${mode}: it ends where it has begun`)
  }
})

t.test('it is renewed, stops after two minutes without news, and comes back with them', async (t) => {
  const { sign, seen, clock } = typing('instant')
  clock.advance(20_000)
  t.equal(seen.length, 5)
  clock.advance(200_000)
  t.equal(seen.length, 25)
  sign.add(thought)
  clock.advance(5_000)
  t.equal(seen.length, 26)
  sign.stop()
  clock.advance(60_000)
  t.equal(seen.at(-1), 'idle')
  t.equal(seen.length, 27)
})

t.test('the session goes before the agents, both before what the chat is', async (t) => {
  const direct = { kind: 'direct', mentioned: true } as const
  const group = { kind: 'group', mentioned: false } as const
  const telegram = { typingMs: 4_500 }
  t.strictSame(typingRules({}, telegram, direct), { mode: 'instant', everyMs: 4_500 })
  t.strictSame(typingRules({}, {}, group), { mode: 'message', everyMs: 6_000 })
  t.strictSame(typingRules({}, {}, { ...group, mentioned: true }), { mode: 'instant', everyMs: 6_000 })
  const agents = { defaults: { typingMode: 'never', typingIntervalSeconds: 9 } } as const
  t.strictSame(typingRules({ agents }, telegram, direct), { mode: 'never', everyMs: 9_000 })
  t.strictSame(
    typingRules({ agents, session: { typingMode: 'thinking', typingIntervalSeconds: 3 } }, telegram, group),
    {
      mode: 'thinking',
      everyMs: 3_000,
    },
  )
})
