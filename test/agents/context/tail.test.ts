import fc from 'fast-check'
import t from 'tap'
import { summaryMessage, summaryOf } from '../../../src/agents/context/held.js'
import { Sizes } from '../../../src/agents/context/sizes.js'
import { tailStart } from '../../../src/agents/context/tail.js'
import type { ModelMessage } from '../../../src/models/types.js'

const said = (words: number) => [{ type: 'text' as const, text: 'abcd'.repeat(words) }]
const system: ModelMessage = { role: 'system', content: said(1) }
const user = (words = 1): ModelMessage => ({ role: 'user', content: said(words) })
const answer = (words = 1, calls: readonly string[] = []): ModelMessage => ({
  role: 'assistant',
  content: said(words),
  ...(calls.length > 0 && { toolCalls: calls.map((id) => ({ id, name: 'read', arguments: '{}' })) }),
})
const result = (toolCallId: string, words = 1): ModelMessage => ({ role: 'tool', toolCallId, content: said(words) })
const cut = (messages: readonly ModelMessage[], tokens: number, turns = 3) =>
  tailStart(messages, 1, { tokens, turns }, new Sizes())

t.test('the newest turns stay, from a message of a user on', async (t) => {
  const turns = Array.from({ length: 10 }, () => [user(100), answer(100)]).flat()
  const start = cut([system, ...turns], 700)
  t.equal(start, 15)
})

t.test('within one long turn the cut is at an answer', async (t) => {
  const steps = Array.from({ length: 10 }, (_, n) => [answer(1, [`c${n}`]), result(`c${n}`, 200)]).flat()
  const messages = [system, user(), ...steps]
  const start = cut(messages, 700) ?? 0
  t.equal(messages[start]?.role, 'assistant')
  t.ok(start > 10)
})

t.test('nothing is to be done where everything fits, or only a summary is left to sum up', async (t) => {
  t.equal(cut([system, user(), answer(), user()], 1_000), undefined)
  t.equal(cut([system, summaryMessage('before'), user(5_000)], 100), undefined)
})

t.test('words of a user that are those of a summary are no summary', async (t) => {
  const made = summaryMessage('before')
  t.equal(summaryOf(made), 'before')
  t.equal(summaryOf({ role: 'user', content: made.content }), undefined)
})

t.test('whatever was said: no call is parted from its results, and the newest message stays', async () => {
  const step = fc.record({ calls: fc.integer({ min: 0, max: 3 }), words: fc.integer({ min: 1, max: 300 }) })
  const turn = fc.record({ words: fc.integer({ min: 1, max: 300 }), steps: fc.array(step, { maxLength: 5 }) })
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 2_000 }), (turns, tokens) => {
      let id = 0
      const messages: ModelMessage[] = [system]
      for (const { words, steps } of turns) {
        messages.push(user(words))
        for (const { calls, words: size } of steps) {
          const ids = Array.from({ length: calls }, () => `c${id++}`)
          messages.push(answer(1, ids), ...ids.map((one) => result(one, size)))
        }
      }
      const start = cut(messages, tokens)
      if (start === undefined) return
      const role = messages[start]?.role
      if (role !== 'user' && role !== 'assistant') throw new Error(`cut at ${role}`)
      if (start < 2 || start >= messages.length) throw new Error(`cut at ${start} of ${messages.length}`)
    }),
  )
})
