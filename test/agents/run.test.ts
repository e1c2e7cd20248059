import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AgentEvents } from '../../src/agents/events.js'
import { Lanes } from '../../src/agents/lanes.js'
import { type RunContext, runTurn } from '../../src/agents/run.js'
import { TurnCount } from '../../src/agents/turn-count.js'
import type { RunEmit, RunEvent, RunFinal, RunRequest } from '../../src/agents/types.js'
import { systemClock } from '../../src/kernel/clock.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import type { StopSignal } from '../../src/kernel/stop.js'
import { Cooldowns } from '../../src/models/cooldowns.js'
import { ModelRoute } from '../../src/models/route.js'
import type {
  ModelEvent,
  ModelFinal,
  ModelMessage,
  ModelProvider,
  ModelRequest,
  ResolvedModel,
} from '../../src/models/types.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { Store } from '../../src/storage/types.js'

const model: ResolvedModel = {
  ref: 'test/one',
  provider: 'test',
  id: 'one',
  api: 'test',
  baseUrl: '',
  account: 'test:none',
  apiKey: undefined,
  headers: {},
  input: ['text'],
  contextWindow: undefined,
  maxTokens: undefined,
  idleTimeoutMs: 1000,
  patienceMs: 1000,
}
const aborted = (signal: StopSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', resolve)
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

/** What a model says, its end last. */
type Script = (request: ModelRequest, signal: StopSignal) => AsyncIterable<ModelEvent | ModelFinal>

const scripted =
  (script: Script): ModelProvider['call'] =>
  async (request, signal, emit) => {
    for await (const event of script(request, signal)) {
      if (event.type === 'done' || event.type === 'error') return event
      await emit(event)
    }
    throw new Error('a script without an end')
  }

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
    call: scripted((call, signal) => {
      calls.push(call)
      return script(call, signal)
    }),
  }
  const agent = { id: 'main', name: undefined, theme: undefined }
  return {
    context: {
      log: silentLogger,
      clock: systemClock,
      lanes: new Lanes(),
      turns: new TurnCount(systemClock),
      store,
      bus,
      agent,
      route: await routeTo(provider, store),
      timeoutMs: undefined,
    },
    calls,
    outcomes,
  }
}

function routeTo(provider: ModelProvider, { models }: Store): Promise<ModelRoute> {
  const cooldowns = new Cooldowns(models, systemClock, silentLogger)
  const line = { models: [model], missing: [] } as const
  const options = { line, clock: systemClock, log: silentLogger, cooldowns, provider: async () => provider }
  return new ModelRoute(options).ready()
}

/** All that a turn says, its end last. */
async function collect(context: RunContext, request: RunRequest, emit: RunEmit = () => {}) {
  const events: (RunEvent | RunFinal)[] = []
  const final = await runTurn(context, request, (event) => {
    events.push(event)
    return emit(event)
  })
  return [...events, final]
}

t.test('a turn that stands alone gives its events in order and leaves no session', async (t) => {
  const { context: run, outcomes } = await context(t, says('hel', 'lo'))
  const events = await collect(run, request())
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
    await collect(run, request({ sessionKey: 's', input: [user('one')] }))
    const again: ModelMessage[] = [
      user('one'),
      { role: 'assistant', content: [{ type: 'text', text: 'ONE' }] },
      user('two'),
    ]
    await collect(run, request({ sessionKey: 's', input: again }))
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
  await collect(run, request({ sessionKey: 's', input }))
  t.equal(calls[0]?.messages.length, 2)
  t.match(calls[0]?.messages[0], { role: 'system', content: [{ text: /main[\s\S]*first[\s\S]*second/ }] })
  t.equal((await run.store.transcripts.current('s')).length, 2)
})

t.test('end comes after the turn is on disk', async (t) => {
  const { context: run } = await context(t, says('x'))
  t.match(await runTurn(run, request({ sessionKey: 's' }), () => {}), { type: 'end' })
  t.equal((await run.store.transcripts.current('s')).length, 2)
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
  await Promise.all([1, 2, 3].map(() => collect(run, request({ sessionKey: 's' }))))
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
  const events = await collect(run, request({ sessionKey: 's', signal: caller.signal }), (event) => {
    if (event.type === 'text') caller.abort()
  })
  t.match(events.at(-1), { type: 'aborted', partial: 'par' })
  t.strictSame(outcomes, ['aborted'])
  const [, last] = await run.store.transcripts.current('s')
  t.match(last, { body: { aborted: true } })
  const remember = (call: ModelRequest) => {
    calls.push(call)
    return call
  }
  await collect(
    {
      ...run,
      route: await routeTo({ call: scripted((call, signal) => says('ok')(remember(call), signal)) }, run.store),
    },
    request({ sessionKey: 's', input: [user('two')] }),
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
  await collect({ ...run, store }, request({ sessionKey: 's' }))
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
  const events = await collect({ ...run, store, log }, request({ sessionKey: 's' }))
  t.match(events.at(-1), { type: 'error', error: { code: 'internal_error', started: true } })
  t.match(logged, [/not recorded/])
})

t.test('a turn that only waited for its session may be repeated', async (t) => {
  const { context: run } = await context(t, says('x'))
  const leave = await run.lanes.enter('s', new AbortController().signal)
  const keepAlive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(keepAlive))
  const events = await collect({ ...run, timeoutMs: 10 }, request({ sessionKey: 's' }))
  t.match(events, [{ type: 'error', error: { code: 'run_timeout', started: false } }])
  leave()
})

t.test('a door that waits holds back the model', async (t) => {
  let said = 0
  const { context: run } = await context(t, async function* () {
    for (; said < 3; said += 1) yield { type: 'text', delta: 'x' }
    yield { type: 'done', reason: 'stop' }
  })
  const heard: number[] = []
  await collect(run, request(), async (event) => {
    await new Promise(setImmediate)
    if (event.type === 'text') heard.push(said)
  })
  t.strictSame(heard, [0, 1, 2])
})

t.test('who watches hears what the turns of sessions say, and of others only that they ended', async (t) => {
  const { context: run } = await context(t, says('hel', 'lo'))
  const heard: unknown[] = []
  run.bus.on('run.started', (started) => heard.push(started))
  run.bus.on('run.event', ({ event, ...turn }) => heard.push({ ...turn, event: event.type }))
  run.bus.on('run.finished', ({ runId, sessionKey, final }) => heard.push({ runId, sessionKey, final: final.type }))
  await collect(run, request())
  t.match(heard, [{ sessionKey: undefined, final: 'end' }])
  heard.length = 0
  await collect(run, request({ sessionKey: 's', input: [user('one')] }))
  heard.length = 0
  const said = [user('one'), { role: 'assistant', content: [{ type: 'text', text: 'hello' }] } as const, user('two')]
  const [start] = await collect(run, request({ sessionKey: 's', input: said }))
  const turn = { runId: start?.type === 'start' && start.runId, sessionKey: 's', agent: 'main' }
  t.strictSame(heard, [
    { ...turn, origin: 'http', model: 'test/one', input: [user('two')] },
    ...['start', 'text', 'text', 'usage'].map((event) => ({ ...turn, event })),
    { runId: turn.runId, sessionKey: 's', final: 'end' },
  ])
})

const failures: [name: string, event: (ModelEvent | ModelFinal)[], more: Partial<RunRequest>, code: string][] = [
  ['auth', [{ type: 'error', failure: { class: 'auth', message: 'no' } }], {}, 'upstream_auth_failed'],
  [
    'a cut stream',
    [
      { type: 'text', delta: 'x' },
      { type: 'error', failure: { class: 'cut', message: 'cut' } },
    ],
    {},
    'upstream_stream_interrupted',
  ],
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
    const events = await collect(run, request({ sessionKey: 's', ...more }))
    t.match(events.at(-1), { type: 'error', error: { code } })
    t.strictSame(outcomes, ['error'])
    const start = events.find((event) => event.type === 'start')
    t.match(await run.store.runs.get(start?.runId ?? ''), { status: 'error', error: code })
    t.equal(run.lanes.size, 0)
  })
}

t.test('a streamed answer in a fence is sent without it, as the whole one is', async (t) => {
  const { context: run } = await context(t, says('```json\n', '{"a":', '1}\n```'))
  const events = await collect(run, request({ sampling: { responseFormat: { type: 'json_object' } } }))
  t.match(
    events.filter(({ type }) => type === 'text'),
    [{ delta: '{"a":1}' }],
  )
  t.match(events.at(-1), { type: 'end', result: { text: '{"a":1}' } })
})

t.test('a tool result without its call is refused before anything is written', async (t) => {
  const { context: run, calls } = await context(t, says('x'))
  const input: ModelMessage[] = [user('hi'), { role: 'tool', toolCallId: 'nope', content: [] }]
  const events = await collect(run, request({ sessionKey: 's', input }))
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
  const events = await collect({ ...run, timeoutMs: 10 }, request())
  t.match(events.at(-1), { type: 'error', error: { code: 'run_timeout' } })
})
