import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Lanes } from '../../src/agents/lanes.js'
import { type AgentEvents, type RunContext, runTurn } from '../../src/agents/run.js'
import type { RunEvent, RunRequest } from '../../src/agents/types.js'
import { systemClock } from '../../src/kernel/clock.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import type { ModelEvent, ModelMessage, ModelRequest, ResolvedModel } from '../../src/models/types.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'

const model: ResolvedModel = {
  ref: 'test/one',
  provider: 'test',
  id: 'one',
  api: 'test',
  baseUrl: '',
  apiKey: undefined,
  headers: {},
  input: ['text'],
  contextWindow: undefined,
  maxTokens: undefined,
  idleTimeoutMs: 1000,
}
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
const usage = { input: 3, output: 2, cacheRead: 0, reasoning: 0, estimated: false }
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const request = (more: Partial<RunRequest> = {}): RunRequest => ({
  agent: 'main',
  input: [user('hi')],
  clientTools: [],
  sampling: {},
  stream: true,
  origin: 'http',
  signal: new AbortController().signal,
  ...more,
})

type Script = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>

const says = (...pieces: string[]): Script =>
  async function* () {
    for (const delta of pieces) yield { type: 'text', delta }
    yield { type: 'usage', usage }
    yield { type: 'done', reason: 'stop' }
  }

async function context(
  t: Test,
  script: Script,
): Promise<{ context: RunContext; calls: ModelRequest[]; outcomes: string[] }> {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  t.teardown(() => store.close())
  const calls: ModelRequest[] = []
  const outcomes: string[] = []
  const bus = new EventBus<AgentEvents>()
  bus.on('run.finished', ({ outcome }) => outcomes.push(outcome))
  const provider = {
    stream(call: ModelRequest, signal: AbortSignal) {
      calls.push(call)
      return script(call, signal)
    },
  }
  const agent = { id: 'main', name: undefined, theme: undefined }
  return {
    context: {
      log: silentLogger,
      clock: systemClock,
      lanes: new Lanes(),
      store,
      bus,
      agent,
      model,
      provider,
      timeoutMs: undefined,
    },
    calls,
    outcomes,
  }
}

async function collect(run: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of run) events.push(event)
  return events
}

t.test('a turn that stands alone gives its events in order and leaves no session', async (t) => {
  const { context: run, outcomes } = await context(t, says('hel', 'lo'))
  const events = await collect(runTurn(run, request()))
  t.strictSame(
    events.map(({ type }) => type),
    ['start', 'text', 'text', 'usage', 'end'],
  )
  t.match(events.at(-1), { result: { text: 'hello', finish: 'stop', usage } })
  t.equal(await run.store.sessions.count(), 0)
  t.strictSame(outcomes, ['ok'])
})

t.test(
  'a session remembers: the second call carries the first turn, and history sent again is not doubled',
  async (t) => {
    const { context: run, calls } = await context(t, says('ONE'))
    await collect(runTurn(run, request({ sessionKey: 's', input: [user('one')] })))
    const again: ModelMessage[] = [
      user('one'),
      { role: 'assistant', content: [{ type: 'text', text: 'ONE' }] },
      user('two'),
    ]
    await collect(runTurn(run, request({ sessionKey: 's', input: again })))
    t.strictSame(calls[1]?.messages.slice(1), again)
    t.equal((await run.store.transcripts.current('s')).length, 4)
  },
)

t.test('the system messages of a caller join the agent’s own, in order, and are not stored', async (t) => {
  const { context: run, calls } = await context(t, says('x'))
  const system = (role: 'system' | 'developer', text: string): ModelMessage => ({
    role,
    content: [{ type: 'text', text }],
  })
  const input = [system('system', 'first'), user('hi'), system('developer', 'second')]
  await collect(runTurn(run, request({ sessionKey: 's', input })))
  t.equal(calls[0]?.messages.length, 2)
  t.match(calls[0]?.messages[0], { role: 'system', content: [{ text: /main[\s\S]*first[\s\S]*second/ }] })
  t.equal((await run.store.transcripts.current('s')).length, 2)
})

t.test('end comes after the turn is on disk', async (t) => {
  const { context: run } = await context(t, says('x'))
  for await (const event of runTurn(run, request({ sessionKey: 's' }))) {
    if (event.type === 'end') t.equal((await run.store.transcripts.current('s')).length, 2)
  }
})

t.test('turns of one session wait for each other', async (t) => {
  let running = 0
  let most = 0
  const { context: run } = await context(t, async function* () {
    running += 1
    most = Math.max(most, running)
    await new Promise(setImmediate)
    running -= 1
    yield { type: 'done', reason: 'stop' }
  })
  await Promise.all([1, 2, 3].map(() => collect(runTurn(run, request({ sessionKey: 's' })))))
  t.equal(most, 1)
  t.equal((await run.store.transcripts.current('s')).length, 6)
})

t.test('an aborted turn keeps its partial text, and the model does not see it again', async (t) => {
  const caller = new AbortController()
  const {
    context: run,
    calls,
    outcomes,
  } = await context(t, async function* (_call, signal) {
    yield { type: 'text', delta: 'par' }
    await aborted(signal)
    yield { type: 'error', failure: { class: 'aborted', message: 'aborted' } }
  })
  const events: RunEvent[] = []
  for await (const event of runTurn(run, request({ sessionKey: 's', signal: caller.signal }))) {
    events.push(event)
    if (event.type === 'text') caller.abort()
  }
  t.match(events.at(-1), { type: 'aborted', partial: 'par' })
  t.strictSame(outcomes, ['aborted'])
  const [, last] = await run.store.transcripts.current('s')
  t.match(last, { body: { aborted: true } })
  const remember = (call: ModelRequest) => {
    calls.push(call)
    return call
  }
  await collect(
    runTurn(
      { ...run, provider: { stream: (call) => says('ok')(remember(call), caller.signal) } },
      request({ sessionKey: 's', input: [user('two')] }),
    ),
  )
  t.strictSame(calls.at(-1)?.messages.slice(1), [user('hi'), user('two')])
})

t.test('what an aborted or failed turn has cost is recorded and told', async (t) => {
  const { context: run } = await context(t, async function* () {
    yield { type: 'text', delta: 'par' }
    yield { type: 'usage', usage }
    yield { type: 'error', failure: { class: 'cut', message: 'cut' } }
  })
  const spent: unknown[] = []
  run.bus.on('run.finished', (finished) => spent.push(finished.usage))
  const ends: unknown[] = []
  const runs = { ...run.store.runs, end: async (end: object) => void ends.push(end) }
  const store = { ...run.store, runs }
  await collect(runTurn({ ...run, store }, request({ sessionKey: 's' })))
  t.strictSame(spent, [usage])
  t.match(ends, [{ status: 'error', usage }])
})

t.test('a store that fails ends the turn as one that must not be repeated, and the log says so', async (t) => {
  const { context: run } = await context(t, says('x'))
  const logged: string[] = []
  const log = { ...silentLogger, error: (_details: object, message: string) => void logged.push(message) }
  const end = async () => {
    throw new Error('disk full')
  }
  const store = { ...run.store, runs: { ...run.store.runs, end } }
  const events = await collect(runTurn({ ...run, store, log }, request({ sessionKey: 's' })))
  t.match(events.at(-1), { type: 'error', error: { code: 'internal_error', started: true } })
  t.match(logged, [/not recorded/])
})

t.test('a turn that only waited for its session may be repeated', async (t) => {
  const { context: run } = await context(t, says('x'))
  const leave = await run.lanes.enter('s', new AbortController().signal)
  const keepAlive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(keepAlive))
  const events = await collect(runTurn({ ...run, timeoutMs: 10 }, request({ sessionKey: 's' })))
  t.match(events, [{ type: 'error', error: { code: 'run_timeout', started: false } }])
  leave()
})

t.test('a reader who walks away ends the model call and frees the lane', async (t) => {
  let stopped = false
  const { context: run } = await context(t, async function* () {
    try {
      yield { type: 'text', delta: 'a' }
      yield { type: 'text', delta: 'b' }
      yield { type: 'done', reason: 'stop' }
    } finally {
      stopped = true
    }
  })
  for await (const event of runTurn(run, request({ sessionKey: 's' }))) if (event.type === 'text') break
  t.equal(stopped, true)
  t.equal(run.lanes.size, 0)
})

const failures: [name: string, event: ModelEvent[], more: Partial<RunRequest>, code: string][] = [
  ['auth', [{ type: 'error', failure: { class: 'auth', message: 'no' } }], {}, 'upstream_auth_failed'],
  ['a cut stream', [{ type: 'text', delta: 'x' }], {}, 'upstream_stream_interrupted'],
  [
    'a tool that was demanded and not called',
    [{ type: 'done', reason: 'stop' }],
    { toolChoice: 'required' },
    'tool_choice_unsatisfied',
  ],
  [
    'output that does not fit',
    [
      { type: 'text', delta: 'x' },
      { type: 'done', reason: 'stop' },
    ],
    { sampling: { responseFormat: { type: 'json_object' } } },
    'invalid_structured_output',
  ],
]
for (const [name, script, more, code] of failures) {
  t.test(`${name} ends the turn with ${code} and is recorded`, async (t) => {
    const { context: run, outcomes } = await context(t, async function* () {
      yield* script
    })
    const events = await collect(runTurn(run, request({ sessionKey: 's', ...more })))
    t.match(events.at(-1), { type: 'error', error: { code } })
    t.strictSame(outcomes, ['error'])
    const start = events.find((event) => event.type === 'start')
    t.match(await run.store.runs.get(start?.runId ?? ''), { status: 'error', error: code })
    t.equal(run.lanes.size, 0)
  })
}

t.test('a streamed answer in a fence is sent without it, as the whole one is', async (t) => {
  const { context: run } = await context(t, says('```json\n', '{"a":', '1}\n```'))
  const events = await collect(runTurn(run, request({ sampling: { responseFormat: { type: 'json_object' } } })))
  t.match(
    events.filter(({ type }) => type === 'text'),
    [{ delta: '{"a":1}' }],
  )
  t.match(events.at(-1), { type: 'end', result: { text: '{"a":1}' } })
})

t.test('a tool result without its call is refused before anything is written', async (t) => {
  const { context: run, calls } = await context(t, says('x'))
  const input: ModelMessage[] = [user('hi'), { role: 'tool', toolCallId: 'nope', content: [] }]
  const events = await collect(runTurn(run, request({ sessionKey: 's', input })))
  t.match(events, [{ type: 'error', error: { code: 'invalid_request', param: 'messages[1].tool_call_id' } }])
  t.equal(calls.length, 0)
  t.equal(await run.store.sessions.count(), 0)
})

t.test('a turn that takes longer than its limit ends as a timeout', async (t) => {
  const { context: run } = await context(t, async function* (_call, signal) {
    await aborted(signal)
    yield { type: 'error', failure: { class: 'aborted', message: 'aborted' } }
  })
  const keepAlive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(keepAlive))
  const events = await collect(runTurn({ ...run, timeoutMs: 10 }, request()))
  t.match(events.at(-1), { type: 'error', error: { code: 'run_timeout' } })
})
