import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { postChat } from '../helper/calls.js'
import { testConfig, token, upstreamConfig } from '../helper/gateway.js'
import { startGatewayWith } from '../helper/running.js'
import { type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const key = 'upstream-key-1234'

t.test('secrets of the config that a tool finds reach neither model nor transcript', async (t) => {
  const reads = (path: string) => ({ id: 'call_1', name: 'read', arguments: JSON.stringify({ path }) })
  const upstream = await startUpstream(t, ({ body }: Seen) => {
    const told = (body.messages as Body[]).some(({ role }) => role === 'tool')
    return told ? 'It holds keys.' : { toolCalls: [reads('notes.txt')] }
  })
  const workspace = t.testdir()
  writeFileSync(join(workspace, 'notes.txt'), `key ${key}\ntoken=${token}\nand the rest\n`)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const config = testConfig({ models, agents: { defaults: { ...agents.defaults, workspace } } })
  const gateway = await startGatewayWith(t, { config })
  t.equal((await postChat(gateway, { user: 'dev' })).status, 200)

  const sent = upstream.requests.at(-1)?.body.messages as Body[]
  const result = JSON.stringify(sent.filter(({ role }) => role === 'tool'))
  t.match(result, /key \[redacted\]/)
  t.match(result, /token=\[redacted\]/)
  t.match(result, /and the rest/)
  const direct = await fetch(`${gateway.url}/tools/invoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tool: 'read', args: { path: 'notes.txt' } }),
  })
  t.equal(direct.status, 200)
  const shown = await direct.text()
  t.match(shown, /key \[redacted\][\s\S]*token=\[redacted\]/, 'a client that calls the tool gets none either')
  t.notOk(shown.includes(key))
  await gateway.close('the test looks at what is on disk')
  const { database } = gateway.instance.paths
  const folder = join(database, '..')
  for (const name of readdirSync(folder).filter((file) => file.includes('.db') || file.includes('.sqlite'))) {
    const bytes = readFileSync(join(folder, name), 'latin1')
    t.notOk(bytes.includes(key), `${name} holds no key`)
    t.notOk(bytes.includes(token), `${name} holds no token`)
  }
})
