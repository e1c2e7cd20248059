import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { ensureWorkspace } from '../../src/agents/workspace/ensure.js'
import { bearer, build, testConfig, upstreamConfig } from '../helper/gateway.js'
import { startUpstream, type Upstream } from '../helper/upstream.js'

async function gateway(
  t: Test,
  defaults: object = {},
): Promise<{ app: FastifyInstance; upstream: Upstream; folder: string }> {
  const upstream = await startUpstream(t, 'fine')
  const { models, agents } = upstreamConfig(upstream.baseUrl) as { models: object; agents: { defaults: object } }
  const app = await build(t, testConfig({ models, agents: { defaults: { ...agents.defaults, ...defaults } } }))
  const folder = app.runtime.instance.paths.workspace
  mkdirSync(folder, { recursive: true })
  return { app, upstream, folder }
}

async function systemOf(
  app: FastifyInstance,
  upstream: Upstream,
  headers: Record<string, string> = {},
): Promise<string> {
  const payload = { messages: [{ role: 'user', content: 'hi' }] }
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/chat/completions',
    headers: { ...bearer, ...headers },
    payload,
  })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  const messages = (upstream.requests.at(-1)?.body.messages ?? []) as { role: string; content: string }[]
  return messages[0]?.content ?? ''
}

const main = { 'x-openclaw-session-key': 'main' }

t.test('the prompt shows the files of the workspace, in order, below 4 KB as they are made', async (t) => {
  const { app, upstream, folder } = await gateway(t)
  t.notMatch(await systemOf(app, upstream), folder, 'nothing is said of an empty one')
  await ensureWorkspace(folder)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const system = await systemOf(app, upstream)
  t.match(system, `# Your workspace: ${folder}`)
  t.strictSame(
    [...system.matchAll(/^## (\S+\.md)$/gm)].map(([, name]) => name),
    ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md'],
    'without the heartbeat list',
  )
  t.ok(Buffer.byteLength(system) < 4_096, `${Buffer.byteLength(system)} bytes`)
})

t.test('what the agent remembers is for its main session only', async (t) => {
  const { app, upstream, folder } = await gateway(t)
  writeFileSync(join(folder, 'MEMORY.md'), 'The user likes tea.')
  t.match(await systemOf(app, upstream, main), 'likes tea')
  t.notMatch(await systemOf(app, upstream, { 'x-openclaw-session-key': 'group' }), 'likes tea')
  t.notMatch(await systemOf(app, upstream), 'likes tea', 'nor for a turn that stands alone')
})

t.test('an edit shows in the next turn', async (t) => {
  const { app, upstream, folder } = await gateway(t)
  writeFileSync(join(folder, 'SOUL.md'), 'Speak like a pirate.')
  t.match(await systemOf(app, upstream), 'pirate')
  writeFileSync(join(folder, 'SOUL.md'), 'Speak like a poet.')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  t.match(await systemOf(app, upstream), 'poet')
  rmSync(join(folder, 'SOUL.md'))
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  t.notMatch(await systemOf(app, upstream), 'poet')
})

t.test('long files are cut in the middle, and no link leads out', async (t) => {
  const { app, upstream, folder } = await gateway(t, { bootstrapMaxChars: 1_000, bootstrapTotalMaxChars: 1_500 })
  const long = `begin ${'x'.repeat(5_000)} end`
  writeFileSync(join(folder, 'AGENTS.md'), long)
  writeFileSync(join(folder, 'SOUL.md'), long)
  writeFileSync(join(folder, '..', 'secret.md'), 'top secret')
  symlinkSync(join(folder, '..', 'secret.md'), join(folder, 'USER.md'))
  const system = await systemOf(app, upstream)
  t.match(system, /begin x+\n\[\.\.\. \d+ characters left out; read the file for the rest \.\.\.\]\nx+ end/)
  t.ok(system.length < 1_800, `${system.length} characters`)
  t.notMatch(system, 'top secret')
})
