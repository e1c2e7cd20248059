import t from 'tap'
import { systemClock } from '../../src/kernel/clock.js'
import { openCatalog } from '../../src/models/open-catalog.js'
import { openProviders } from '../../src/providers/registry.js'
import { startUpstream } from '../helper/upstream.js'
import { collect, never, testRequest } from './fixture.js'

function recorder() {
  const lines: string[] = []
  const write = (_details: object, message: string) => void lines.push(message)
  return { lines, log: { debug: write, info: write, warn: write, error: write } }
}

t.test('the APIs that are files here', async (t) => {
  const { log } = recorder()
  const providers = openProviders({ log, clock: systemClock })
  t.teardown(() => providers.close())
  t.same(await providers.names(), [
    'anthropic-messages',
    'builtin-echo',
    'cli-backend',
    'google-generative-ai',
    'ollama',
    'openai-completions',
    'openai-responses',
  ])
  for (const name of await providers.names()) t.type((await providers.get(name)).call, 'function', name)
  t.equal(await providers.get('builtin-echo'), await providers.get('builtin-echo'), 'opened once')
  t.equal(await providers.get('azure-openai-responses'), await providers.get('openai-responses'))
})

t.test('an API without a file', async (t) => {
  const { log, lines } = recorder()
  const providers = openProviders({ log, clock: systemClock })
  t.teardown(() => providers.close())
  for (const name of ['bedrock-converse-stream', '../app', 'registry', '_sse', '__proto__', '']) {
    await t.rejects(providers.get(name), { code: 'model_not_found', message: /Set "api"/ }, name)
  }
  t.same(lines, [])
})

t.test("seed 003's local model answers", async (t) => {
  const upstream = await startUpstream(t, 'Hello from LM Studio')
  const lmstudio = {
    baseUrl: upstream.baseUrl,
    apiKey: 'lmstudio',
    api: 'openai-responses' as const,
    models: [{ id: 'minimax-m2.5-gs32', contextWindow: 196608, maxTokens: 8192 }],
  }
  const config = { models: { mode: 'merge' as const, providers: { lmstudio } } }
  const { log } = recorder()
  const providers = openProviders({ log, clock: systemClock })
  t.teardown(() => providers.close())
  const catalog = openCatalog({ config, env: {} })
  const model = catalog.resolve(catalog.forAgent('main').primary)
  const provider = await providers.get(model.api)
  t.match(await collect(provider, testRequest(model), never()), { text: 'Hello from LM Studio', reason: 'stop' })
  t.match(upstream.requests[0], {
    path: '/v1/responses',
    body: { model: 'minimax-m2.5-gs32', max_output_tokens: 8192 },
  })
})

t.test('only what is asked for is imported, and close reaches it once', async (t) => {
  const { log } = recorder()
  const folder = t.testdir({
    'openai-responses.js': `export default () => ({ closed: 0, async close() { this.closed++ } })`,
    'broken.js': 'throw new Error("imported")',
    'notes.md': '',
    'types.d.ts': '',
  })
  const providers = openProviders({ log, clock: systemClock, folder })
  t.same(await providers.names(), ['broken', 'openai-responses'])
  const provider = await providers.get('openai-responses')
  await providers.get('azure-openai-responses')
  await t.rejects(providers.get('broken'), /imported/)
  await providers.close()
  t.match(provider, { closed: 1 })
})
