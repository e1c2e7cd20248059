import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AgentEvents } from '../../src/agents/events.js'
import { Lanes } from '../../src/agents/lanes.js'
import { runTurn } from '../../src/agents/run.js'
import { TurnCount } from '../../src/agents/turn-count.js'
import type { TurnTools } from '../../src/agents/turn-tools.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { Stop } from '../../src/kernel/stop.js'
import { resolveModel } from '../../src/models/catalog.js'
import { Cooldowns } from '../../src/models/cooldowns.js'
import { ModelRoute } from '../../src/models/route.js'
import type { ModelProvider } from '../../src/models/types.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { ToolResult } from '../../src/tools/_types.js'
import { HandClock } from '../helper/clock.js'

const text = (said: string): ToolResult => ({ content: [{ type: 'text', text: said }] })
const pending: ToolResult = { ...text('Waiting.'), details: { status: 'approval-pending' } }
const limitMs = 60_000

/** A turn of one minute that calls a tool; `run` is what the tool does. */
async function turnWith(t: Test, clock: HandClock, run: (progress: (partial: ToolResult) => void) => void) {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  t.teardown(() => store.close())
  const tools: TurnTools = {
    definitions: [{ name: 'exec' }],
    bytes: 0,
    isReadOnly: () => false,
    shown: ({ name }) => ({ name, args: {} }),
    async run(_call, signal, progress) {
      run(progress)
      signal.throwIfAborted()
      return { tool: 'exec', result: text('done'), durationMs: 1 }
    },
  }
  const provider: ModelProvider = {
    async call({ messages }, _signal, emit) {
      if (messages.some(({ role }) => role === 'tool')) await emit({ type: 'text', delta: 'It ran.' })
      else await emit({ type: 'tool_call', index: 0, id: 'call_1', name: 'exec', delta: '{}' })
      return { type: 'done', reason: 'stop' }
    },
  }
  const config = { models: { providers: { test: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'key' } } } }
  const line = { models: [resolveModel(config, 'test/one', {})], missing: [] } as const
  const cooldowns = new Cooldowns(store.models, clock, silentLogger)
  const options = { line, clock, log: silentLogger, cooldowns, provider: async () => provider }
  const context = {
    log: silentLogger,
    clock,
    lanes: new Lanes(),
    turns: new TurnCount(clock),
    store,
    bus: new EventBus<AgentEvents>(),
    agent: { id: 'main', name: undefined, theme: undefined },
    route: await new ModelRoute(options).ready(),
    timeoutMs: limitMs,
    toolbox: { offer: async () => tools },
  }
  const input = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'go' }] }]
  const request = { agent: 'main', input, clientTools: [], sampling: {}, stream: false, origin: 'ws' as const }
  return runTurn(context, { ...request, sessionKey: 's', signal: new Stop() }, () => {})
}

t.test('a turn that waits for a person does not use up its time', async (t) => {
  const clock = new HandClock()
  const final = await turnWith(t, clock, (progress) => {
    progress(pending)
    clock.advance(limitMs * 10)
    progress(text('It was approved.'))
    clock.advance(limitMs - 1)
  })
  t.match(final, { type: 'end', result: { text: 'It ran.' } })
})

t.test('work after the answer counts again', async (t) => {
  const clock = new HandClock()
  const final = await turnWith(t, clock, (progress) => {
    progress(pending)
    clock.advance(limitMs * 10)
    progress(text('It was approved.'))
    clock.advance(limitMs)
  })
  t.match(final, { type: 'error', error: { code: 'run_timeout' } })
})
