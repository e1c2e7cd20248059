import t from 'tap'
import type { LiveRun } from '../../src/agents/live-runs.js'
import { maxModelCalls, runLoop } from '../../src/agents/loop.js'
import type { TurnTools } from '../../src/agents/turn-tools.js'
import type { RunEvent, RunResult } from '../../src/agents/types.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { Stop } from '../../src/kernel/stop.js'
import type { ModelMessage, ModelTool, ToolCall } from '../../src/models/types.js'

const usage = { input: 1, output: 1, cacheRead: 0, reasoning: 0, estimated: false }
const said = (text: string, ...toolCalls: ToolCall[]): RunResult => ({
  text,
  refusal: null,
  reasoning: '',
  toolCalls,
  finish: toolCalls.length > 0 ? 'tool_calls' : 'stop',
  usage,
  modelMs: 0,
})
const call = (id: string, name = 'read', args = '{}'): ToolCall => ({ id, name, arguments: args })
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const textOf = ({ content }: ModelMessage) => content.map((part) => (part.type === 'text' ? part.text : '')).join('')

interface Stage {
  /** One answer for each model call; the last one repeats. */
  readonly answers: readonly RunResult[]
  readonly run?: (call: ToolCall, signal: AbortSignal) => Promise<string>
  readonly late?: ModelMessage[][]
  readonly clientTools?: readonly ModelTool[]
  readonly watchRepeats?: boolean
}

/** The loop over a model and tools of the test. */
function stage({ answers, run = async () => 'fine', late = [], clientTools = [], watchRepeats = true }: Stage) {
  const stop = new Stop()
  const asked: { messages: readonly ModelMessage[]; last: boolean }[] = []
  const recorded: ModelMessage[] = []
  const events: RunEvent[] = []
  let step = said('')
  const tools: TurnTools = {
    definitions: [],
    bytes: 0,
    isReadOnly: ({ name }) => name === 'read',
    shown: ({ name, arguments: args }) => ({ name, args }),
    async run(one, signal) {
      const text = await run(one, signal)
      return { tool: one.name, durationMs: 1, result: { content: text === '' ? [] : [{ type: 'text', text }] } }
    },
  }
  const end = runLoop({
    prompt: [user('hi')],
    async ask(messages, last) {
      asked.push({ messages: [...messages], last })
      step = answers[Math.min(asked.length, answers.length) - 1] ?? said('')
      return step
    },
    stepText: () => step.text,
    tools,
    clientTools,
    signal: stop,
    emit: (event) => void events.push(event),
    async record(messages) {
      recorded.push(...messages)
    },
    late: {
      waits: () => late[0] !== undefined && (late[0].length > 0 || late.shift() === undefined),
      take: () => (late.shift() ?? []).map((message) => ({ run: {} as LiveRun, message })),
      async keep(taken) {
        recorded.push(...taken.map(({ message }) => message))
      },
    },
    watchRepeats,
  })
  return { end, stop, asked, recorded, events }
}

t.test('calls are run, recorded and told in their order', async (t) => {
  const { end, asked, recorded, events } = stage({
    answers: [said('first', call('1', 'write'), call('2', 'write')), said('done')],
    run: async ({ id }) => (id === '1' ? 'one' : ''),
  })
  const { result, message } = await end
  t.equal(result.text, 'done')
  t.equal(textOf(message), 'done')
  t.strictSame(
    recorded.map((one) => [one.role, textOf(one)]),
    [
      ['assistant', 'first'],
      ['tool', 'one'],
      ['tool', '(no output)'],
    ],
    'an empty result says so',
  )
  t.strictSame(asked[1]?.messages.slice(1), recorded, 'the model sees what is recorded')
  t.strictSame(
    events.map((event) => event.type),
    ['tool_start', 'tool_result', 'tool_start', 'tool_result'],
  )
})

t.test('read-only calls run side by side, others alone', async (t) => {
  let running = 0
  const seen: string[] = []
  const { end, recorded } = stage({
    answers: [said('', call('1'), call('2'), call('3', 'write'), call('4'), call('5')), said('done')],
    async run({ id }) {
      running += 1
      await new Promise((resolve) => setTimeout(resolve, id === '1' ? 30 : 10))
      seen.push(`${id} beside ${running - 1}`)
      running -= 1
      return id
    },
  })
  await end
  t.strictSame(seen, ['2 beside 1', '1 beside 0', '3 beside 0', '4 beside 1', '5 beside 0'])
  t.strictSame(recorded.slice(1).map(textOf), ['1', '2', '3', '4', '5'], 'results stand in the order of the calls')
})

t.test('a message that comes meanwhile goes before what has not begun', async (t) => {
  const late = [[], [user('stop that')]]
  const { end, recorded, asked } = stage({ answers: [said('', call('1', 'a'), call('2', 'b')), said('done')], late })
  await end
  t.match(recorded.map(textOf), ['', 'fine', /^Skipped: /, 'stop that'])
  t.equal(textOf(asked[1]?.messages.at(-1) as ModelMessage), 'stop that')
})

t.test('a message that comes while the model answers is answered in the same turn', async (t) => {
  const { end, recorded, asked } = stage({ answers: [said('one'), said('two')], late: [[user('more')], []] })
  t.equal((await end).result.text, 'two')
  t.strictSame(recorded.map(textOf), ['one', 'more'])
  t.equal(asked.length, 2)
})

t.test('a tool of the caller ends the turn; others of the same answer are run before', async (t) => {
  const weather = { name: 'weather' }
  const { end, recorded } = stage({
    answers: [said('look', call('1', 'weather'), call('2', 'read'))],
    clientTools: [weather],
  })
  const { result, message } = await end
  t.strictSame(result.toolCalls, [call('1', 'weather')])
  t.match(message, { role: 'assistant', content: [], toolCalls: [{ id: '1' }] })
  t.match(recorded, [{ toolCalls: [{ id: '2' }] }, { role: 'tool', toolCallId: '2' }])
  t.equal(textOf(recorded[0] as ModelMessage), 'look')
})

t.test('the last model call may call no tool', async (t) => {
  let n = 0
  const { end, asked } = stage({ answers: [said('', call('1'))], run: async () => `result ${n++}` })
  await t.rejects(end, { code: 'run_limit' })
  t.equal(asked.length, maxModelCalls)
  t.strictSame([asked.at(-2)?.last, asked.at(-1)?.last], [false, true])
})

t.test('a model that repeats itself is told, then refused, then stopped', async (t) => {
  let runs = 0
  const run = async () => {
    runs += 1
    return 'same'
  }
  const { end, recorded } = stage({ answers: [said('', call('1', 'exec', '{"command":"ls"}'))], run })
  await t.rejects(end, { code: 'tool_loop' })
  t.equal(runs, 20)
  const results = recorded.filter(({ role }) => role === 'tool').map(textOf)
  t.notMatch(results[8], /same result/)
  t.match(results[9], /gave the same result 10 times/)
  t.match(results[20], /was not run/)
  const free = stage({ answers: [said('', call('1'))], run, watchRepeats: false })
  await t.rejects(free.end, { code: 'run_limit' }, 'unless the config leaves it alone')
})

t.test('an abort ends the running tool and the turn', async (t) => {
  const { end, stop, recorded } = stage({
    answers: [said('', call('1', 'exec'), call('2', 'exec'))],
    run: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('ended'))
        stop.abort(new GatewayError('run_aborted'))
      }),
  })
  await t.rejects(end, { code: 'run_aborted' })
  t.strictSame(
    recorded.map(({ role }) => role),
    ['assistant', 'tool'],
    'what was not begun leaves no result',
  )
})
