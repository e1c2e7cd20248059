import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bearer, testConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function stage(t: Test, imageModel?: object | string) {
  const upstream = await startUpstream(t, 'A red dot.')
  const workspace = t.testdir()
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'dot.png'), dot)
  writeFileSync(join(workspace, 'dot.txt'), 'no picture')
  const seeing = { id: 'eyes', name: 'Eyes', input: ['text', 'image'] }
  const provider = { baseUrl: upstream.baseUrl, apiKey: 'k-12345678', models: [{ id: 'one', name: 'One' }, seeing] }
  const server = createServer((_, response) => response.end(dot))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const gateway = await startGateway(
    t,
    testConfig({
      models: { providers: { up: provider } },
      agents: { defaults: { model: 'up/one', workspace, ...(imageModel && { imageModel }) } },
      tools: { web: { fetch: { ssrfPolicy: { dangerouslyAllowPrivateNetwork: true } } } },
    }),
  )
  const invoke = async (args: object) => {
    const headers = { ...bearer, 'content-type': 'application/json' }
    const body = JSON.stringify({ tool: 'image', args })
    const response = await fetch(`${gateway.url}/tools/invoke`, { method: 'POST', headers, body })
    return { status: response.status, body: (await response.json()) as Body }
  }
  return { upstream, invoke, url: `http://127.0.0.1:${port}/dot` }
}

const asked = (request: Seen | undefined) => JSON.stringify(request?.body.messages)

t.test('a model that sees is asked about a file or a URL', async (t) => {
  const { upstream, invoke, url } = await stage(t, 'up/eyes')
  const file = await invoke({ path: 'dot.png', prompt: 'Which colour?' })
  t.match(file, { status: 200, body: { result: { content: [{ text: 'A red dot.' }], details: { model: 'up/eyes' } } } })
  t.equal(upstream.requests[0]?.body.model, 'eyes')
  t.match(asked(upstream.requests[0]), /data:image\/png;base64,iVBOR[\s\S]*Which colour\?/)
  t.equal(upstream.requests[0]?.body.tools, undefined, 'it has no tools')
  const fetched = await invoke({ url })
  t.match(fetched.body.result.content[0].text, /A red dot\.[\s\S]*END_/, 'what strangers show is fenced')
  for (const args of [
    {},
    { path: 'dot.png', url },
    { path: 'dot.txt' },
    { path: 'gone.png' },
    { path: '../../etc/passwd' },
  ]) {
    t.equal((await invoke(args)).status, 400, JSON.stringify(args))
  }
})

t.test('another model stands in, and without any the tool is not there', async (t) => {
  const { upstream, invoke } = await stage(t, { primary: 'up/one', fallbacks: ['up/eyes'] })
  t.match((await invoke({ path: 'dot.png' })).body.result.details, { model: 'up/eyes' })
  t.equal(upstream.requests.length, 1, 'a model that sees nothing is not asked')
  const blind = await stage(t)
  t.match((await blind.invoke({ path: 'dot.png' })).body.error, { message: /imageModel/ })
})
