import fc from 'fast-check'
import t from 'tap'
import { bearer, build, eventData } from '../../../helper/gateway.js'
import { type Reply, startUpstream } from '../../../helper/upstream.js'
import type { Body } from '../../../helper/upstream-wire.js'
import { gateway, post, responsesConfig } from './_gateway.js'

interface StreamEvent {
  readonly type: string
  readonly sequence_number: number
  readonly output_index?: number
  // biome-ignore lint/suspicious/noExplicitAny: events of many shapes
  readonly [field: string]: any
}

const eventsOf = (body: string): StreamEvent[] =>
  eventData(body).flatMap((data) => (data === '[DONE]' ? [] : [JSON.parse(data)]))

const terminal = ['response.completed', 'response.incomplete', 'response.failed']

/** What OpenAI's own client relies on. Gives what is wrong. */
function problemsOf(events: readonly StreamEvent[]): string[] {
  const problems: string[] = []
  const open = new Map<number, string>()
  const seen = new Set<number>()
  events.forEach(({ type, sequence_number: number, output_index: index, item, response }, place) => {
    if (number !== place) problems.push(`${type} has number ${number} at ${place}`)
    if (type === 'response.output_item.added') {
      if (seen.has(index as number)) problems.push(`index ${index} twice`)
      seen.add(index as number)
      open.set(index as number, item.id)
    } else if (type === 'response.output_item.done') {
      if (open.get(index as number) !== item.id) problems.push(`done of ${index} without its beginning`)
      open.delete(index as number)
    } else if (index !== undefined && !open.has(index)) problems.push(`${type} for ${index}, which is not open`)
    if (terminal.includes(type)) {
      if (place !== events.length - 1) problems.push(`${type} is not the last`)
      if (open.size > 0) problems.push('something is still open at the end')
      if (response.output.length !== seen.size) problems.push('the response lacks items')
    }
  })
  if (events[0]?.type !== 'response.created') problems.push('does not begin with response.created')
  if (!terminal.includes(events.at(-1)?.type ?? '')) problems.push('does not end')
  return problems
}

t.test('text: every event in order, numbered, and the response at the end', async (t) => {
  const { app } = await gateway(t, { text: 'Hello there', delayMs: 0 })
  const answer = await post(app, { input: 'hi', stream: true })
  t.equal(answer.headers['content-type'], 'text/event-stream; charset=utf-8')
  t.ok(answer.body.includes('event: response.created\nid: 0\ndata: '))
  t.ok(answer.body.endsWith('data: [DONE]\n\n'))
  const events = eventsOf(answer.body)
  t.strictSame(problemsOf(events), [])
  t.strictSame(
    [...new Set(events.map(({ type }) => type))],
    [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
  )
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta)
  t.equal(deltas.join(''), 'Hello there')
  const { response } = events.at(-1) as StreamEvent
  t.match(response, {
    status: 'completed',
    output: [{ content: [{ text: 'Hello there' }] }],
    usage: { total_tokens: Number },
  })
  const again = await app.inject({ url: `/v1/responses/${response.id}`, headers: bearer })
  t.same(again.json(), response, 'it is stored before its last event is sent')
})

t.test('tool calls stream their arguments', async (t) => {
  const calls = [
    { name: 'a', arguments: '{"x":1}' },
    { name: 'b', arguments: '{}' },
  ]
  const { app } = await gateway(t, { toolCalls: calls, delayMs: 0 })
  const tools = ['a', 'b'].map((name) => ({ type: 'function', name }))
  const events = eventsOf((await post(app, { input: 'hi', stream: true, tools })).body)
  t.strictSame(problemsOf(events), [])
  const pieces = events.filter(({ type }) => type === 'response.function_call_arguments.delta')
  t.equal(
    pieces
      .filter(({ output_index: index }) => index === 0)
      .map(({ delta }) => delta)
      .join(''),
    '{"x":1}',
  )
  t.match(events.at(-1)?.response.output, [
    { type: 'function_call', name: 'a', arguments: '{"x":1}', status: 'completed' },
    { type: 'function_call', name: 'b', arguments: '{}', status: 'completed' },
  ])
})

t.test('a failure after the beginning is response.failed, one before it has a status', async (t) => {
  const { app, upstream } = await gateway(t, { text: 'Hello there', delayMs: 0, cutAfter: 3 })
  const events = eventsOf((await post(app, { input: 'hi', stream: true })).body)
  t.strictSame(problemsOf(events), [])
  t.match(events.at(-1), { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } })
  upstream.script = { status: 401 }
  t.equal((await post(app, { input: 'hi', stream: true })).statusCode, 502)
})

t.test('whatever the upstream does, a stream is legal and ends once', { timeout: 110_000 }, async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, responsesConfig(upstream.baseUrl))
  const reply: fc.Arbitrary<Reply> = fc.record(
    {
      text: fc.string({ unit: 'grapheme', maxLength: 40 }),
      reasoning: fc.string({ maxLength: 20 }),
      toolCalls: fc.array(
        fc.record({ name: fc.constantFrom('a', 'b', 'read'), arguments: fc.constantFrom('', '{}', '{"x":') }),
        { maxLength: 3 },
      ),
      finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', null),
      cutAfter: fc.integer({ min: 1, max: 6 }),
      errorEvent: fc.constant({ message: 'overloaded', code: 529 }),
      delayMs: fc.constant(0),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Reply>
  const tools = ['a', 'b'].map((name) => ({ type: 'function', name }))
  await fc.assert(
    fc.asyncProperty(reply, async (script) => {
      // What the agent's own tools gave is answered in words.
      upstream.script = ({ body }) => (isAfterTool(body) ? 'done' : script)
      const answer = await post(app, { input: 'hi', stream: true, tools })
      if (answer.statusCode !== 200) return
      const problems = problemsOf(eventsOf(answer.body))
      if (problems.length > 0) throw new Error(problems.join('; '))
    }),
    { numRuns: 150 },
  )
})

function isAfterTool({ messages }: Body): boolean {
  return messages.at(-1).role === 'tool'
}
