import t from 'tap'
import { sightOf } from '../helper/agent-script.js'
import { bearer, build, testConfig, upstreamConfig } from '../helper/gateway.js'
import { resultOf } from '../helper/rpc.js'
import { startUpstream } from '../helper/upstream.js'

t.test('"hi" with every tool on offer stays under 4 KB', async (t) => {
  const upstream = await startUpstream(t)
  const tools = { web: { search: { provider: 'searxng', searxng: { baseUrl: 'http://127.0.0.1:9' } } } }
  const app = await build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), tools }))
  const payload = { messages: [{ role: 'user', content: 'hi' }], user: 'u' }
  const answer = await app.inject({ method: 'POST', url: '/v1/chat/completions', headers: bearer, payload })
  t.equal(answer.statusCode, 200)
  const bytes = Number(answer.headers['x-prompt-bytes'])
  t.ok(bytes < 4_096, `${bytes} bytes`)

  const body = upstream.requests[0]?.body ?? {}
  const named = JSON.stringify(body.tools)
  const { groups } = await resultOf(app, 'tools.effective', { sessionKey: 'agent:main:openai-user:u' })
  const offered = groups.flatMap((group: { tools: { id: string }[] }) => group.tools.map(({ id }) => id))
  t.ok(offered.length > 14, `${offered.length} tools`)
  for (const name of offered) t.match(named, name, `${name} is told of`)
  t.ok(sightOf(body).tools.length < offered.length, 'some in one line')
})
