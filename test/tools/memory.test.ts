import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bearer, token } from '../helper/gateway.js'
import { startGatewayWith } from '../helper/running.js'

interface Answer {
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
  readonly result: {
    readonly content: readonly object[]
    readonly details: { readonly results: readonly { readonly snippet: string }[] }
  }
}

/** A gateway that listens, with notes in its workspace, and what it answers to calls of tools. */
async function gateway(t: Test, more: object = {}) {
  const config = {
    gateway: { mode: 'local', auth: { mode: 'token', token } },
    logging: { level: 'debug' },
    ...more,
  }
  const running = await startGatewayWith(t, { config })
  const { workspace, state } = running.instance.paths
  mkdirSync(join(workspace, 'memory'), { recursive: true })
  writeFileSync(join(workspace, 'MEMORY.md'), '# Home\n\nThe spare key is at Berta.\nThe alarm is off on Sundays.\n')
  writeFileSync(join(workspace, 'memory', '2026-11-20.md'), '## 会议\n\n决定把网关部署到新的服务器。\n')
  const call = async (tool: string, args: object, body: object = {}) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/tools/invoke`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ tool, args, ...body }),
    })
    return { status: answer.status, json: (await answer.json()) as Answer }
  }
  const effective = async (sessionKey: string) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/rpc/tools.effective`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ sessionKey }),
    })
    return JSON.stringify(await answer.json())
  }
  return { workspace, state, call, effective, writeConfig: running.writeConfig }
}

t.test('memory_search and memory_get on a gateway that runs', async (t) => {
  const { workspace, call } = await gateway(t)
  const found = await call('memory_search', { query: 'Where is the spare key?' })
  t.equal(found.status, 200)
  t.match(found.json, {
    ok: true,
    result: {
      content: [{ type: 'text', text: /^MEMORY\.md:1-4 \(\d\.\d\d\) under "Home"\n[\s\S]*spare key is at Berta/ }],
      details: {
        mode: 'keyword',
        results: [{ path: 'MEMORY.md', startLine: 1, endLine: 4, score: Number, snippet: String }],
      },
    },
  })
  for (const query of ['部署', '网关服务器', '会']) {
    t.match((await call('memory_search', { query })).json, {
      result: { details: { results: [{ path: 'memory/2026-11-20.md', startLine: 1, endLine: 3 }] } },
    })
  }
  t.match((await call('memory_search', { query: 'submarine' })).json, {
    result: { content: [{ text: 'Nothing was found.' }], details: { results: [] } },
  })
  writeFileSync(join(workspace, 'memory', 'boats.md'), 'The submarine is yellow.\n')
  t.match((await call('memory_search', { query: 'submarine' })).json, {
    result: { details: { results: [{ path: 'memory/boats.md' }] } },
  })

  const rows: readonly (readonly [args: object, text: string])[] = [
    [{ path: 'MEMORY.md', from: 3, lines: 1 }, 'The spare key is at Berta.\n[Lines 3 to 3 of 4.]'],
    [{ path: 'MEMORY.md', from: 4 }, 'The alarm is off on Sundays.'],
    [{ path: 'memory/2026-11-20.md' }, '## 会议\n\n决定把网关部署到新的服务器。'],
    [{ path: 'memory/2026-11-21.md' }, ''],
  ]
  for (const [args, text] of rows) {
    const answer = await call('memory_get', args)
    t.strictSame([answer.status, answer.json.result?.content], [200, [{ type: 'text', text }]], JSON.stringify(args))
  }
  t.match((await call('memory_get', { path: 'MEMORY.md', from: 9 })).json, {
    error: { code: 'tool_error', message: '"MEMORY.md" has fewer than 9 lines.' },
  })
  t.match((await call('memory_search', { query: '' })).json, { error: { code: 'invalid_tool_arguments' } })
})

t.test('memory_get reads nothing but memory', async (t) => {
  const { workspace, state, call } = await gateway(t)
  writeFileSync(join(workspace, 'AGENTS.md'), 'rules')
  symlinkSync(join(state, 'openclaw.json'), join(workspace, 'memory', 'config.md'))
  symlinkSync(state, join(workspace, 'memory', 'state'))
  const paths = ['AGENTS.md', 'memory/../AGENTS.md', 'memory/config.md', 'memory/state/openclaw.json', '../openclaw.json', '/etc/passwd', '~/.openclaw/openclaw.json', join(state, 'openclaw.json')] // biome-ignore format: a list that reads as a list
  for (const path of paths) {
    const { status, json } = await call('memory_get', { path })
    t.equal(status, 400, path)
    t.match(json, { error: { code: 'tool_error', details: { code: 'path_outside' } } }, path)
    t.notMatch(JSON.stringify(json), /test-token/)
  }
})

t.test('only in private sessions, and it says why', async (t) => {
  const { call, effective, writeConfig } = await gateway(t)
  const group = 'agent:main:telegram:group:-100'
  const refused: readonly (readonly [sessionKey: string, layer: string, why: RegExp])[] = [
    [group, 'private', /private sessions only: in a group others would read along/],
    [`${group}:topic:7`, 'private', /in a group/],
    ['agent:main:discord:channel:9', 'private', /in a group/],
    ['agent:main:subagent:1f', 'subagent', /not for sub-agents/],
  ]
  for (const [sessionKey, layer, why] of refused) {
    for (const tool of ['memory_search', 'memory_get']) {
      const { status, json } = await call(tool, { query: 'key', path: 'MEMORY.md' }, { sessionKey })
      t.equal(status, 403, sessionKey)
      t.match(json, { error: { code: 'tool_denied', message: why, details: { layer } } }, sessionKey)
    }
    t.match(await effective(sessionKey), why)
  }
  t.equal((await call('memory_search', { query: 'key' }, { sessionKey: 'agent:main:dashboard:1' })).status, 200)
  t.notMatch(await effective('main'), /denied:memory_/)

  const off = { gateway: { mode: 'local', auth: { mode: 'token', token } }, memory: { search: { enabled: false } } }
  writeConfig(off)
  const denied = async () => (await call('memory_search', { query: 'key' })).json.error
  let error = await denied()
  for (let tries = 0; !error && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25))
    error = await denied()
  }
  t.match(error, { code: 'tool_denied', message: /not set up\. Set agents\.defaults\.memorySearch\.enabled/ })
})

t.test('agents keep their memory apart', async (t) => {
  const { call, state } = await gateway(t, { agents: { entries: { main: {}, work: {} } } })
  const folder = join(state, 'agents', 'work', 'workspace')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'MEMORY.md'), 'The office key is at the desk.\n')
  const paths = async (agentId: string) => {
    const { json } = await call('memory_search', { query: 'key', minScore: 0 }, { agentId })
    return json.result.details.results.map(({ snippet }) => snippet)
  }
  t.match(await paths('main'), [/spare key/])
  t.equal((await paths('main')).length, 1)
  t.strictSame(await paths('work'), ['The office key is at the desk.'])
})
