import fc from 'fast-check'
import t from 'tap'
import type { ModelEvent } from '../../src/models/types.js'
import { Answer } from '../../src/providers/_answer.js'
import { messagesApi } from '../../src/providers/_anthropic/wire.js'
import { Failures } from '../../src/providers/_call/failures.js'
import { AnswerReceiver } from '../../src/providers/_call/receiver.js'
import type { Wire as Spelling } from '../../src/providers/_call/wire.js'
import { EventQueue } from '../../src/providers/_event-queue.js'
import { generateContent } from '../../src/providers/_google/wire.js'
import { ollamaChat } from '../../src/providers/_ollama/wire.js'
import { chatCompletions } from '../../src/providers/_openai/wire.js'
import { responsesApi } from '../../src/providers/_responses/wire.js'
import { MAX_EVENT_SIZE, SseParser } from '../../src/providers/_sse.js'
import { openAiWire, type Said, type Wire } from '../helper/upstream-wire.js'
import { anthropicWire } from '../helper/wires/anthropic.js'
import { googleWire } from '../helper/wires/google.js'
import { ollamaWire } from '../helper/wires/ollama.js'
import { responsesWire } from '../helper/wires/responses.js'
import { type Summary, summarise, TestClock, testModel, testRequest } from './fixture.js'

function parse(chunks: Iterable<Buffer>): [string, string][] {
  const events: [string, string][] = []
  const parser = new SseParser((data, name) => events.push([data, name]))
  for (const chunk of chunks) parser.push(chunk)
  parser.end()
  return events
}

/** Cuts bytes at the given places; any number will do. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...cuts].map((from, at) => bytes.subarray(from, cuts[at] ?? bytes.length))
}

const places = fc.array(fc.nat(), { maxLength: 60 })

t.test('the format', async (t) => {
  const cases: [string, string, [string, string][]][] = [
    ['one event', 'data: a\n\n', [['a', '']]],
    ['no space', 'data:a\n\n', [['a', '']]],
    ['only the first space is syntax', 'data:  a\n\n', [[' a', '']]],
    ['several lines', 'data: a\ndata: b\ndata:\n\n', [['a\nb\n', '']]],
    [
      'names',
      'event: x\ndata: a\n\ndata: b\n\n',
      [
        ['a', 'x'],
        ['b', ''],
      ],
    ],
    ['comments and other fields', ': ping\nid: 7\nretry: 9\ndata: a\n\n:x\n\n', [['a', '']]],
    ['empty data is no event', 'data:\n\nevent: x\n\ndata: a\n\n', [['a', '']]],
    [
      'CRLF',
      'data: a\r\n\r\ndata: b\r\n\r\n',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'CR',
      'data: a\r\rdata: b\r\r',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'mixed',
      'data: a\r\ndata: b\r\rdata: c\n\n',
      [
        ['a\nb', ''],
        ['c', ''],
      ],
    ],
    ['byte order mark', '\ufeffdata: a\n\n', [['a', '']]],
    [
      'no blank line at the end',
      'data: a\n\ndata: [DONE]',
      [
        ['a', ''],
        ['[DONE]', ''],
      ],
    ],
    ['llama.cpp error', 'error: {"code":500}\n\n', [['{"code":500}', 'error']]],
    ['not a field', 'datax: a\ndata: b\n\n', [['b', '']]],
  ]
  for (const [name, text, expected] of cases) {
    t.same(parse([Buffer.from(text)]), expected, name)
    t.same(parse([...Buffer.from(text)].map((byte) => Buffer.from([byte]))), expected, `${name}, byte by byte`)
  }
})

t.test('any event survives any line end and any cut', async (t) => {
  const data = fc
    .array(
      fc.string({ unit: 'binary', maxLength: 20 }).map((line) => line.replace(/[\r\n]/g, '')),
      { minLength: 1, maxLength: 3 },
    )
    .filter((lines) => lines.join('\n') !== '')
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(fc.array(data, { maxLength: 8 }), lineEnd, places, (events, eol, cuts) => {
      const text = events.map((lines) => `${lines.map((line) => `data: ${line}${eol}`).join('')}${eol}`).join('')
      const parsed = parse(cutAt(Buffer.from(text), cuts))
      const expected = events.map((lines) => Buffer.from(lines.join('\n')).toString())
      return JSON.stringify(parsed.map(([event]) => event)) === JSON.stringify(expected)
    }),
    { numRuns: 500 },
  )
  t.pass('500 streams')
})

t.test('a line without end is refused at the limit', async (t) => {
  const parser = new SseParser(() => {})
  const block = Buffer.alloc(1024 * 1024, 0x61)
  t.throws(() => {
    for (let sent = 0; sent <= MAX_EVENT_SIZE; sent += block.length) parser.push(block)
  }, RangeError)
})

t.test('an event of endless lines is refused at the limit', async (t) => {
  const parser = new SseParser(() => {})
  const block = Buffer.from(`data: ${'a'.repeat(1024 * 1024)}\n`)
  t.throws(() => {
    for (let sent = 0; sent <= 2 * MAX_EVENT_SIZE; sent += block.length) parser.push(block)
  }, RangeError)
})

t.test('a body of line breaks takes no time to speak of', async (t) => {
  t.same(parse([Buffer.alloc(8 * 1024 * 1024, 0x0d)]), [])
  t.same(parse([Buffer.concat([Buffer.from('\r'), Buffer.alloc(8 * 1024 * 1024, 0x0a)])]), [])
})

// biome-ignore lint/suspicious/noExplicitAny: what each learns of its upstream plays no part here
type AnySpelling = Spelling<any>

/** Runs bytes through everything behind the socket. */
async function read(wire: AnySpelling, contentType: string, chunks: readonly Buffer[]): Promise<Summary> {
  const request = testRequest(testModel('http://127.0.0.1:1/v1'))
  const events: ModelEvent[] = []
  const queue = new EventQueue(
    (event) => {
      events.push(event)
      // Slow now and then, so that deltas are joined.
      return events.length % 2 === 0 ? Promise.resolve() : undefined
    },
    () => {},
  )
  const answer = new Answer(queue, request)
  let made = 0
  const receiver = new AnswerReceiver({
    queue,
    answer,
    reader: wire.read(answer, () => `call_made${++made}`, request),
    framing: wire.framing,
    baseHint: wire.baseHint,
    failures: new Failures(request.model, 'test', wire),
    clock: new TestClock(),
    stream: true,
    settle: (failed) => failed && queue.end({ type: 'error', failure: failed.failure }),
  })
  receiver.head(200, { 'content-type': contentType })
  for (const chunk of chunks) {
    receiver.data(chunk)
    if (chunk.length % 3 === 0) await Promise.resolve()
  }
  receiver.end()
  return summarise(events, await queue.final)
}

const spellings: readonly [string, AnySpelling, Wire][] = [
  ['openai-completions', chatCompletions, openAiWire],
  ['anthropic-messages', messagesApi, anthropicWire],
  ['openai-responses', responsesApi, responsesWire],
  ['google-generative-ai', generateContent, googleWire],
  ['ollama', ollamaChat, ollamaWire],
]

for (const [api, spelling, wire] of spellings) {
  t.test(`${api}: the same events whatever the cuts`, async (t) => {
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    const args = fc.string({ unit: 'grapheme', maxLength: 40 }).map((city) => JSON.stringify({ city }))
    const said: fc.Arbitrary<Said> = fc.record(
      {
        text,
        reasoning: text,
        toolCalls: fc.uniqueArray(fc.record({ id: fc.uuid(), name: fc.constantFrom('a', 'b'), arguments: args }), {
          selector: ({ id }) => id,
          minLength: 1,
          maxLength: 3,
        }),
        chunkSize: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['chunkSize'] },
    )
    await fc.assert(
      fc.asyncProperty(said, places, async (words, cuts) => {
        const bytes = Buffer.from(wire.frames(words, 'm', true).join(''))
        const { events: _pieces, ...result } = await read(spelling, wire.contentType, cutAt(bytes, cuts))
        const { events: _whole, ...expected } = await read(spelling, wire.contentType, [bytes])
        t.equal(JSON.stringify(result), JSON.stringify(expected))
        t.equal(result.failure, undefined)
        t.equal(result.text, words.text ?? '')
        t.equal(result.reasoning, words.reasoning ?? '')
        const calls = (list: readonly { name: string; arguments: string }[] = []) =>
          list.map(({ name, arguments: json }) => [name, JSON.parse(json)])
        t.same(calls(result.calls), calls(words.toolCalls))
      }),
      { numRuns: 100 },
    )
  })
}
