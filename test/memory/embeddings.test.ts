import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packVector, similarity, unitVector } from '../../src/memory/vector.js'
import { bearer, token } from '../helper/gateway.js'
import { startGatewayWith } from '../helper/running.js'
import { type Script, type Seen, startUpstream } from '../helper/upstream.js'

/** What texts are about, as a model with two topics would see it. */
const topics = [/fruit|kiwi|banana|水果/i, /vehicle|engine|car\b|汽车/i]
const vectorOf = (text: string) => [...topics.map((topic) => (topic.test(text) ? 1 : 0)), 0.1]
const inputsOf = ({ body }: Seen) => body.input as string[]
const embeds: Script = (seen) => ({
  body: {
    data: inputsOf(seen).map((text, index) => ({ index, embedding: vectorOf(text) })),
    usage: { prompt_tokens: 1 },
  },
})

interface Answer {
  readonly error?: { readonly code: string; readonly message: string }
  readonly result?: {
    readonly details: { readonly results: readonly { readonly path: string }[]; readonly mode: string }
  }
}

async function gateway(t: Test, settings: (baseUrl: string) => object, script: Script = embeds) {
  const upstream = await startUpstream(t, script)
  const config = { gateway: { mode: 'local', auth: { mode: 'token', token } }, ...settings(upstream.baseUrl) }
  const running = await startGatewayWith(t, { config })
  const memory = join(running.instance.paths.workspace, 'memory')
  mkdirSync(memory, { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(memory, name), text)
  write('a.md', 'Bananas are in the cellar.')
  write('b.md', 'The engine is loud in the morning.')
  write('c.md', 'Berta has the spare key.')
  const search = async (query: string, more: object = {}) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/tools/invoke`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ tool: 'memory_search', args: { query, ...more } }),
    })
    return (await answer.json()) as Answer
  }
  const paths = async (query: string) => (await search(query)).result?.details.results.map(({ path }) => path)
  return { upstream, write, search, paths }
}

const provider = (baseUrl: string) => ({
  up: { baseUrl, apiKey: 'upstream-key-1234', models: [{ id: 'vec', name: 'V' }] },
})
const implicit = (baseUrl: string) => ({
  models: { providers: provider(baseUrl) },
  agents: { defaults: { embeddingModel: 'up/vec' } },
})
const explicit = (baseUrl: string) => ({
  models: { providers: provider(baseUrl) },
  agents: { defaults: { memorySearch: { provider: 'up', model: 'vec' } } },
})

t.test('what means the same is found without sharing a word', async (t) => {
  const { upstream, paths, search, write } = await gateway(t, explicit)
  t.strictSame(await paths('vehicle'), ['memory/b.md'])
  t.strictSame(await paths('水果'), ['memory/a.md'])
  t.match(await search('vehicle'), { result: { details: { mode: 'hybrid', model: 'up/vec' } } })
  t.equal((await paths('spare key'))?.[0], 'memory/c.md', 'words still count')
  t.ok(upstream.requests.every(({ headers }) => headers.authorization === 'Bearer upstream-key-1234'))

  const texts = upstream.requests.flatMap(inputsOf)
  t.equal(texts.filter((text) => text.includes('cellar')).length, 1, 'a chunk is sent once')
  write('d.md', 'Kiwis too.')
  write('e.md', 'Kiwis too.')
  t.strictSame((await paths('fruit'))?.sort(), ['memory/a.md', 'memory/d.md', 'memory/e.md'])
  t.equal(upstream.requests.flatMap(inputsOf).filter((text) => text === 'Kiwis too.').length, 1, 'so is a text')
})

t.test('a model that only happens to be there: words when it fails, and it is left alone for a while', async (t) => {
  const { upstream, search } = await gateway(t, implicit, { status: 400 })
  const answer = await search('spare key')
  t.match(answer, {
    result: {
      details: {
        mode: 'keyword',
        results: [{ path: 'memory/c.md' }],
        notes: [/^Embeddings by up\/vec failed; words only/],
      },
    },
  })
  t.notMatch(JSON.stringify(answer), /upstream-key/)
  const asked = upstream.requests.length
  t.ok(asked > 0)
  t.match(await search('spare key'), { result: { details: { mode: 'keyword' } } })
  t.equal(upstream.requests.length, asked)
})

t.test('a model that was chosen for memory: its failure is told', async (t) => {
  const { upstream, search, paths } = await gateway(t, explicit, { status: 401 })
  t.match(await search('spare key'), { error: { code: /tool_(error|failed)/, message: String } })
  upstream.script = embeds
  t.strictSame(await paths('vehicle'), ['memory/b.md'])
})

t.test('an address and a key of its own, and no embeddings at all', async (t) => {
  const remote = await gateway(t, (baseUrl) => ({
    memory: { search: { provider: 'openai', remote: { baseUrl, apiKey: 'memory-key-5678' } } },
  }))
  t.strictSame(await remote.paths('vehicle'), ['memory/b.md'])
  t.match(remote.upstream.requests[0], {
    headers: { authorization: 'Bearer memory-key-5678' },
    body: { model: 'text-embedding-3-small' },
  })
  const none = await gateway(t, (baseUrl) => ({ ...implicit(baseUrl), memory: { search: { provider: 'none' } } }))
  t.strictSame(await none.paths('vehicle'), [])
  t.equal(none.upstream.requests.length, 0)
  const nameless = await gateway(t, (baseUrl) => ({
    models: { providers: provider(baseUrl) },
    memory: { search: { provider: 'up' } },
  }))
  t.match(await nameless.search('key'), { error: { message: /Set memorySearch\.model/ } })
})

t.test('vectors on disk keep their direction', async (t) => {
  const a = Array.from({ length: 768 }, (_, n) => Math.sin(n) * 0.03)
  const b = Array.from({ length: 768 }, (_, n) => Math.sin(n + 0.5) * 2)
  const exact = a.reduce((sum, x, n) => sum + x * (b[n] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b))
  t.ok(Math.abs(similarity(unitVector(a), packVector(b)) - exact) < 0.01)
  t.ok(similarity(unitVector(a), packVector(a)) > 0.999)
  t.equal(packVector(a).length, 772)
  t.equal(similarity(unitVector([1, 0]), packVector([-1, 0])), 0)
  t.equal(similarity(unitVector([1, 0, 0]), packVector([1, 0])), 0)
  t.equal(similarity(unitVector([0, 0]), packVector([0, 0])), 0)
})
