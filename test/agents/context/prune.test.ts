import t from 'tap'
import { pruned } from '../../../src/agents/context/prune.js'
import { contextSettings } from '../../../src/agents/context/settings.js'
import { Sizes } from '../../../src/agents/context/sizes.js'
import type { ModelMessage } from '../../../src/models/types.js'

const { pruning } = contextSettings({})
if (!pruning) throw new Error('old results are shortened unless the config says otherwise')
const window = 100_000
const text = (said: string) => [{ type: 'text' as const, text: said }]
const user: ModelMessage = { role: 'user', content: text('go') }
const call = (id: string): ModelMessage => ({
  role: 'assistant',
  content: [],
  toolCalls: [{ id, name: 'read', arguments: '{}' }],
})
const result = (id: string, chars: number): ModelMessage => ({
  role: 'tool',
  toolCallId: id,
  content: text(`head${'x'.repeat(chars - 8)}tail`),
})
/** So many calls with results of this length each. */
const talk = (calls: number, chars: number) => [
  user,
  ...Array.from({ length: calls }, (_, n) => [call(`c${n}`), result(`c${n}`, chars)]).flat(),
]
const prune = (messages: readonly ModelMessage[]) => pruned(messages, window, pruning, new Sizes(), 0)
const texts = (messages: readonly ModelMessage[]) =>
  messages
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')).join(''))

t.test('a short conversation is the same list', async (t) => {
  const messages = talk(4, 20_000)
  t.equal(prune(messages), messages)
})

t.test('from three tenths of the window on, old results keep their ends, the newest three all', async (t) => {
  const shown = texts(prune(talk(8, 20_000)))
  const [first = ''] = shown
  t.match(first, /^head.*17000 characters left out.*tail$/s)
  t.ok(first.length < 3_100)
  t.strictSame(
    shown.map(({ length }) => length > 10_000),
    [false, false, false, false, false, true, true, true],
  )
})

t.test('results of up to 4000 characters stay until half of the window is in use', async (t) => {
  const some = talk(40, 4_000)
  t.ok(texts(prune(some)).every(({ length }) => length === 4_000))
  const many = texts(prune(talk(60, 4_000)))
  const gone = many.filter((said) => said.startsWith('[This old result was left out'))
  t.ok(gone.length > 0 && gone.length < 60)
  t.strictSame(many.slice(0, gone.length), gone, 'the oldest first, and no more than needed')
})

t.test('what comes before the first message of a user is left alone', async (t) => {
  const before = [call('c'), result('c', 200_000)]
  t.strictSame(prune([...before, ...talk(3, 100)]).slice(0, 2), before)
})

t.test('a call and its result stay together', async (t) => {
  const messages = talk(60, 9_000)
  t.strictSame(
    prune(messages).map(({ role }) => role),
    messages.map(({ role }) => role),
  )
})
