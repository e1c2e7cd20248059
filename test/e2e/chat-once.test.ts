import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { startGateway } from '../helper/process.js'
import { startUpstream } from '../helper/upstream.js'

const token = 'once-token-0123456789'

t.test('chat.send: one key, one turn, whatever happens to the process', async (t) => {
  const home = testFolder(t)
  const upstream = await startUpstream(t, ({ body }) => {
    const question = (body.messages as { content: string }[]).at(-1)?.content ?? ''
    return question.includes('hang') ? { hangAfter: 0 } : `answer to ${question}`
  })
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const provider = { baseUrl: upstream.baseUrl, apiKey: 'k', models: [{ id: 'one', name: 'One' }] }
  const config = {
    gateway: { mode: 'local', bind: 'loopback', auth: { token } },
    models: { providers: { upstream: provider } },
    agents: { defaults: { model: 'upstream/one' } },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config))
  const port = 20_000 + ((process.pid + 7) % 20_000)
  const asked = () => upstream.requests.map(({ body }) => (body.messages as { content: string }[]).at(-1)?.content)

  const first = await startGateway(home, port)
  t.teardown(() => first.kill())
  const before = caller(first.url)
  t.match(await before.send('done', 'run-done'), { status: 'started' })
  t.match(await before.call('agent.wait', { runId: 'run-done' }), { status: 'ok' })
  t.match(await before.send('hang', 'run-hang'), { status: 'started' })
  await until(() => upstream.active === 1)
  t.match(await before.send('waits', 'run-waits'), { status: 'started' })
  t.match(await before.send('hang', 'run-hang'), { status: 'in_flight' })
  // Acknowledged a moment ago, and already on disk.
  await first.kill()

  const second = await startGateway(home, port)
  t.teardown(() => second.kill())
  const { call, send } = caller(second.url)
  t.strictSame(await send('done', 'run-done'), { runId: 'run-done', status: 'ok' })
  const interrupted = { status: 'error', error: 'interrupted' }
  t.match(await send('hang', 'run-hang'), interrupted)
  t.match(await send('waits', 'run-waits'), interrupted)
  t.match(await call('agent.wait', { runId: 'run-hang' }), { ...interrupted, stopReason: 'interrupted' })
  t.strictSame(asked(), ['done', 'hang'], 'nothing is replayed')
  const history = await call('chat.history', { sessionKey: 'main' })
  t.match(history, {
    totalMessages: 3,
    sessionInfo: { status: 'failed', lastRunId: 'run-hang', lastRunError: 'interrupted', hasActiveRun: false },
    pendingInputs: { total: 1, items: [{ runId: 'run-waits', state: 'interrupted', message: { role: 'user' } }] },
  })
  t.match(await send('again', 'run-again'), { status: 'started' })
  t.match(await call('agent.wait', { runId: 'run-again' }), { status: 'ok' })
  t.match(await call('chat.history', { sessionKey: 'main' }), { totalMessages: 5, pendingInputs: { total: 0 } })
  t.strictSame(asked(), ['done', 'hang', 'again'])

  // A stop in good order keeps what waits in sight too.
  await send('hang', 'run-hang-2')
  await until(() => upstream.active === 1)
  await send('waits', 'run-waits-2')
  t.equal(await second.stop(), 0)
  const third = await startGateway(home, port)
  t.teardown(() => third.kill())
  t.match(await caller(third.url).call('chat.history', { sessionKey: 'main' }), {
    pendingInputs: { items: [{ runId: 'run-waits-2', state: 'interrupted' }] },
  })
  t.match(await caller(third.url).send('waits', 'run-waits-2'), interrupted)
})

function caller(url: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const call = async (method: string, params: object) => {
    const answer = await fetch(`${url}/rpc/${method}`, { method: 'POST', headers, body: JSON.stringify(params) })
    const body = (await answer.json()) as { ok: boolean; result: object }
    if (!body.ok) throw new Error(JSON.stringify(body))
    return body.result
  }
  const send = (message: string, idempotencyKey: string) =>
    call('chat.send', { sessionKey: 'main', message, idempotencyKey })
  return { call, send }
}
