import { join } from 'node:path'
import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { systemClock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'
import type { AgentMemory } from '../../src/tools/_memory.js'
import type { PolicyFacts } from '../../src/tools/_policy/types.js'
import { openTools } from '../../src/tools/_registry.js'
import { textOf as text, toolStage } from '../helper/tool-context.js'

const folder = join(import.meta.dirname, '_registry', 'fixture')
const owner: PolicyFacts = { agent: 'main', owner: true }

function open(state: { config: Config; env?: Record<string, string>; lines?: string[] }) {
  const log = { ...silentLogger, warn: (_: object, message: string) => void state.lines?.push(message) }
  // No tool of the fixture remembers anything.
  const memory = undefined as unknown as AgentMemory
  return openTools({ config: () => state.config, clock: systemClock, env: state.env ?? {}, log, memory, folder })
}

t.test('what is offered follows the policy, the owner, and what is set up', async (t) => {
  const state = { config: {} as Config, env: {} as Record<string, string> }
  const tools = open(state)
  const offered = async (facts: Partial<PolicyFacts> = {}) =>
    (await tools.offer({ ...owner, ...facts })).tools.map(({ name }) => name)
  t.strictSame(await offered(), ['echo_back', 'exec', 'gateway'])
  t.strictSame(await offered({ owner: false }), ['echo_back', 'exec'])
  const { verdicts } = await tools.offer(owner)
  t.strictSame(verdicts.get('web_search'), {
    allowed: false,
    rule: { layer: 'setup', key: 'tools.web.search.apiKey' },
  })
  state.config = { tools: { deny: ['EXEC'], web: { search: { apiKey: 'k' } } } }
  t.strictSame(await offered(), ['echo_back', 'gateway', 'web_search'], 'a new config counts at once')
  t.strictSame(await offered({ provider: 'p', model: 'blind' }), ['echo_back', 'gateway'])
})

t.test('calls by name, case and alias, checked again', async (t) => {
  const state = { config: {} as Config }
  const tools = open(state)
  const call = (name: string, args: string | Record<string, unknown>, facts = owner) =>
    tools.call({ name, arguments: args }, facts, toolStage(t).context)
  t.match(await call('echo_back', '{"text":"hi"}'), { tool: 'echo_back', result: { content: [{ text: 'hi' }] } })
  t.match(await call('Echo-Back', '{"text":"hi"}'), { tool: 'echo_back' })
  t.equal((await call('bash', '{"how":"says"}')).tool, 'exec')
  t.ok((await call('echo_back', '{"text":"hi"}')).durationMs >= 0)

  const unknown = await call('no_such', '{}')
  t.equal(unknown.error?.code, 'tool_not_found')
  t.equal(text(unknown.result), 'There is no tool "no_such". Tools: echo_back, exec, gateway.')
  t.equal((await call('__proto__', '{}')).error?.code, 'tool_not_found')
  const stranger = await call('gateway', '{}', { ...owner, owner: false })
  t.match(stranger.error, { code: 'tool_denied', details: { tool: 'gateway', layer: 'owner' } })
  t.equal((await call('web_search', '{}')).error?.code, 'tool_denied', 'not set up')

  state.config = { tools: { deny: ['exec'] } }
  for (const name of ['exec', 'EXEC', 'bash', ' Bash ', 'shell']) {
    const { error, result } = await call(name, '{"how":"says"}')
    t.match(error, { code: 'tool_denied', details: { layer: 'global', key: 'tools.deny', entry: 'exec' } }, name)
    t.equal(result.isError, true)
  }
})

t.test('arguments of models: what is mended and what is told', async (t) => {
  const tools = open({ config: {} })
  const call = (args: string | Record<string, unknown>) =>
    tools.call({ name: 'echo_back', arguments: args }, owner, toolStage(t).context)
  const mended: [string, object][] = [
    ['{"text":"a","times":"2"}', { text: 'a', times: 2 }],
    ['{"text":5}', { text: '5' }],
    ['{"text":"a","loud":"true","kind":null}', { text: 'a', loud: true }],
    ['{"words":"a"}', { text: 'a' }],
    ['{"text":"a","words":"b"}', { text: 'a', words: 'b' }],
    ['{"text":"a","list":"[{\\"id\\":\\"x\\"}]"}', { text: 'a', list: [{ id: 'x' }] }],
    ['{"text":"a","more":1}', { text: 'a', more: 1 }],
  ]
  for (const [args, expected] of mended) {
    t.strictSame((await call(args)).result.details?.args, expected, args)
  }
  const told: [string | Record<string, unknown>, string][] = [
    ['', 'Invalid arguments for "echo_back": text is required.'],
    ['{"text":', 'Invalid arguments for "echo_back": they are not valid JSON.'],
    ['[1]', 'Invalid arguments for "echo_back": they must be one JSON object.'],
    ['null', 'Invalid arguments for "echo_back": they must be one JSON object.'],
    ['{"text":["a"]}', 'Invalid arguments for "echo_back": text must be string.'],
    ['{"text":"a","times":0}', 'Invalid arguments for "echo_back": times must be >= 1.'],
    ['{"times":"x"}', 'Invalid arguments for "echo_back": text is required; times must be integer.'],
    ['{"text":"a","kind":"c"}', 'Invalid arguments for "echo_back": kind must be one of a, b.'],
    ['{"text":"a","list":[{}]}', 'Invalid arguments for "echo_back": list.0.id is required.'],
    ['{"__proto__":{"text":"a"}}', 'Invalid arguments for "echo_back": text is required.'],
    [{ text: 'a', times: '2' }, 'Invalid arguments for "echo_back": times must be integer.'],
    [{ words: 'a' }, 'Invalid arguments for "echo_back": text is required.'],
  ]
  for (const [args, message] of told) {
    const { error, result } = await call(args)
    t.match(error, { code: 'invalid_tool_arguments', message }, message)
    t.strictSame(result, { content: [{ type: 'text', text: message }], isError: true })
  }
})

t.test('failures: ours are told, others are not, an abort is an abort', async (t) => {
  const tools = open({ config: {} })
  const stop = new AbortController()
  const call = (how: string) =>
    tools.call({ name: 'exec', arguments: { how } }, owner, toolStage(t, {}, { signal: stop.signal }).context)
  t.match(await call('ours'), { error: { code: 'path_outside' }, result: { isError: true } })
  t.equal(text((await call('ours')).result), '"x" is outside.')
  const other = await call('otherwise')
  t.equal(other.error?.code, 'tool_failed')
  t.notMatch(text(other.result), /hunter2/)
  const says = await call('says')
  t.equal(says.error, undefined)
  t.match(says.result, { isError: true })
  const waiting = call('wait')
  setImmediate(() => stop.abort())
  t.equal((await waiting).error?.code, 'run_aborted')
  t.equal((await call('says')).error?.code, 'run_aborted', 'nothing starts after it')
})

t.test('results are bounded', async (t) => {
  const tools = open({ config: {}, env: { SEARCH_KEY: 'k' } })
  const { result } = await tools.call({ name: 'web_search', arguments: '{}' }, owner, toolStage(t).context)
  t.ok(text(result).length <= 100)
  t.match(result.details, { truncated: true, fullChars: 240 })
  t.equal(Buffer.from(text(result)).toString(), text(result), 'no character is cut in half')
  const long = await tools.call(
    { name: 'echo_back', arguments: { text: 'x', times: 100_000 } },
    owner,
    toolStage(t).context,
  )
  t.ok(text(long.result).length <= 30_000 && text(long.result).length > 29_900)
  t.match(text(long.result), /x\n\[\.\.\. \d+ characters left out \.\.\.\]\nx/)
})

t.test('slips in the config are told once', async (t) => {
  const lines: string[] = []
  const tools = open({ config: { tools: { deny: ['web_serach'] } }, lines })
  for (const agent of ['a', 'b', 'a']) await tools.offer({ agent, owner: true })
  t.strictSame(lines, ['tools.deny: no tool is called "web_serach". Did you mean "web_search"?'])
})

t.test('the catalogue, by group', async (t) => {
  const groups = await open({ config: {} }).catalogue()
  t.strictSame(
    groups.map(({ id, label, tools }) => [id, label, tools.map(({ name, profiles }) => [name, profiles])]),
    [
      ['runtime', 'Commands', [['exec', ['coding', 'full']]]],
      ['web', 'Web', [['web_search', ['coding', 'full']]]],
      ['memory', 'Memory', [['echo_back', ['coding', 'full']]]],
      ['automation', 'Automation', [['gateway', ['full']]]],
    ],
  )
})
