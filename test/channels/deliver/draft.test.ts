import t from 'tap'
import { Draft } from '../../../src/channels/deliver/draft.js'
import type { Growth } from '../../../src/channels/port.js'

const drafted = (growth: Growth, ...deltas: string[]) => {
  const draft = new Draft(growth, 1_000)
  for (const delta of deltas) draft.add({ type: 'text', delta })
  return draft.words
}

t.test('what may still be for nobody is not shown', async (t) => {
  for (const beginning of ['', 'N', 'NO_', 'no_reply', ' NO_REPLY ', 'HEARTBEAT_O', 'REPLY_SK']) {
    t.equal(drafted('partial', beginning), '', JSON.stringify(beginning))
  }
  t.equal(drafted('partial', 'No', ', it is not.'), 'No, it is not.')
})

t.test('half a tag is not shown, and a fence that stands open is closed', async (t) => {
  t.equal(drafted('partial', '[[reply_to_cur'), '')
  t.equal(drafted('partial', 'See [the pa'), 'See')
  t.equal(drafted('partial', 'Here:\n```ts\nconst a = 1'), 'Here:\n```ts\nconst a = 1\n```')
  t.equal(drafted('partial', '```ts\na\n```\nDone'), '```ts\na\n```\nDone')
})

t.test('block: whole paragraphs', async (t) => {
  t.equal(drafted('block', 'One.\n'), '')
  t.equal(drafted('block', 'One.\n', '\nTw'), 'One.')
  t.equal(drafted('block', 'One.\n\nTwo.\n\nThr'), 'One.\n\nTwo.')
})

t.test('progress: the newest tools, and nothing of the answer', async (t) => {
  const draft = new Draft('progress', 1_000)
  t.ok(draft.add({ type: 'start', runId: 'r', model: 'm', promptBytes: 1 }))
  t.notOk(draft.add({ type: 'text', delta: 'secret' }))
  for (let number = 0; number < 12; number += 1) {
    draft.add({ type: 'tool_start', callId: `c${number}`, name: `tool${number}`, args: {} })
  }
  const result = { content: [], isError: true }
  draft.add({ type: 'tool_result', callId: 'c11', name: 'tool11', result, durationMs: 5 })
  t.equal(draft.words.split('\n').length, 9)
  t.match(draft.words, /▸ `tool10`\n✗ `tool11`$/)
  t.notMatch(draft.words, /tool3`|secret/)
})

t.test('no more is kept than can be shown', async (t) => {
  const draft = new Draft('partial', 10)
  t.ok(draft.add({ type: 'text', delta: 'x'.repeat(20) }))
  t.notOk(draft.add({ type: 'text', delta: 'y' }))
  t.equal(draft.words, 'x'.repeat(20))
})
