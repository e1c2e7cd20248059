import t from 'tap'
import { mergeHistory } from '../../src/agents/history.js'
import type { ModelMessage } from '../../src/models/types.js'
import type { TranscriptEntry } from '../../src/storage/types.js'

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const said = (text: string): ModelMessage => ({ role: 'assistant', content: [{ type: 'text', text }] })
const called = (id: string): ModelMessage => ({
  role: 'assistant',
  content: [],
  toolCalls: [{ id, name: 'f', arguments: '{}' }],
})
const result = (toolCallId: string): ModelMessage => ({
  role: 'tool',
  toolCallId,
  content: [{ type: 'text', text: 'ok' }],
})
const stored = (...messages: ModelMessage[]): TranscriptEntry[] =>
  messages.map((message, seq) => ({ seq, runId: 'r', at: 0, body: { kind: 'message', message } }))
const noResult = (toolCallId: string): ModelMessage => ({
  role: 'tool',
  toolCallId,
  content: [{ type: 'text', text: '(no result)' }],
})

const turn = [user('one'), said('ONE')]
const rows: {
  name: string
  held: TranscriptEntry[]
  input: ModelMessage[]
  known: ModelMessage[]
  fresh: ModelMessage[]
  replaces?: boolean
}[] = [
  { name: 'an empty session takes everything', held: [], input: turn, known: [], fresh: turn },
  {
    name: 'a lone new message is appended',
    held: stored(...turn),
    input: [user('two')],
    known: turn,
    fresh: [user('two')],
  },
  {
    name: 'the whole history sent again is not doubled',
    held: stored(...turn),
    input: [...turn, user('two')],
    known: turn,
    fresh: [user('two')],
  },
  {
    name: 'a window onto the end of the history is recognised',
    held: stored(user('zero'), said('ZERO'), ...turn),
    input: [...turn, user('two')],
    known: [user('zero'), said('ZERO'), ...turn],
    fresh: [user('two')],
  },
  {
    name: 'the same question again is a new question',
    held: stored(...turn),
    input: [user('one')],
    known: turn,
    fresh: [user('one')],
  },
  {
    name: 'another history replaces the stored one',
    held: stored(...turn),
    input: [user('uno'), said('UNO'), user('two')],
    known: [],
    fresh: [user('uno'), said('UNO'), user('two')],
    replaces: true,
  },
  {
    name: 'a tool result continues the stored call',
    held: stored(user('one'), called('c1')),
    input: [result('c1')],
    known: [user('one'), called('c1')],
    fresh: [result('c1')],
  },
  {
    name: 'a dropped call gets a result that says so',
    held: stored(user('one'), called('c1')),
    input: [user('never mind')],
    known: [user('one'), called('c1'), noResult('c1')],
    fresh: [user('never mind')],
  },
  {
    name: 'a call that was dropped long ago stays closed',
    held: stored(user('one'), called('c1'), user('never mind'), said('fine')),
    input: [user('two')],
    known: [user('one'), called('c1'), noResult('c1'), user('never mind'), said('fine')],
    fresh: [user('two')],
  },
]
for (const { name, held, input, known, fresh, replaces } of rows) {
  t.test(name, async (t) => {
    t.strictSame(mergeHistory(held, input), { known, fresh, replaces: replaces ?? false })
  })
}

t.test('text that was cut off is not shown to the model', async (t) => {
  const held: TranscriptEntry[] = [
    ...stored(user('one')),
    { seq: 1, runId: 'r', at: 0, body: { kind: 'message', message: said('par'), aborted: true } },
  ]
  t.strictSame(mergeHistory(held, [user('two')]).known, [user('one')])
})
