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
  const names = await providers.names()
  t.ok(names.includes('openai-completions') && names.includes('builtin-echo'))
  t.notOk(names.some((name) => name.startsWith('_') || name === 'registry'))
  for (const name of names) t.type((await providers.get(name)).call, 'function', name)
  t.equal(await providers.get('builtin-echo'), await providers.get('builtin-echo'), 'opened once')
})

t.test('an API without a file', async (t) => {
  const { log, lines } = recorder()
  const providers = openProviders({ log, clock: systemClock })
  t.teardown(() => providers.close())
  for (const name of ['anthropic-messages', '../app', 'registry', '_sse', '__proto__', '']) {
    await t.rejects(providers.get(name), { code: 'model_not_found', message: /Set "api"/ }, name)
  }
  t.same(lines, [])
})

t.test('the stand-in for openai-responses is noted once', async (t) => {
  const { log, lines } = recorder()
  const providers = openProviders({ log, clock: systemClock, folder: folderOf(t, ['openai-completions']) })
  const provider = await providers.get('openai-responses')
  t.equal(await providers.get('openai-responses'), provider)
  t.equal(provider, await providers.get('openai-completions'))
  t.equal(lines.length, 1)
})

t.test("seed 003's local model answers through the stand-in", async (t) => {
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
    path: '/v1/chat/completions',
    body: { model: 'minimax-m2.5-gs32', max_tokens: 8192 },
  })
})

t.test('a file of its own ends the stand-in', async (t) => {
  const { log, lines } = recorder()
  const folder = folderOf(t, ['openai-completions', 'openai-responses'])
  const providers = openProviders({ log, clock: systemClock, folder })
  t.not(await providers.get('openai-responses'), await providers.get('openai-completions'))
  t.same(lines, [])
})

t.test('only what is asked for is imported, and close reaches it once', async (t) => {
  const { log } = recorder()
  const folder = t.testdir({
    'openai-completions.js': `export default () => ({ closed: 0, async close() { this.closed++ } })`,
    'broken.js': 'throw new Error("imported")',
    'notes.md': '',
    'types.d.ts': '',
  })
  const providers = openProviders({ log, clock: systemClock, folder })
  t.same(await providers.names(), ['broken', 'openai-completions'])
  const provider = await providers.get('openai-completions')
  await providers.get('openai-responses')
  await t.rejects(providers.get('broken'), /imported/)
  await providers.close()
  t.match(provider, { closed: 1 })
})

function folderOf(t: { testdir(files: Record<string, string>): string }, names: string[]): string {
  return t.testdir(Object.fromEntries(names.map((name) => [`${name}.js`, 'export default () => ({})'])))
}
