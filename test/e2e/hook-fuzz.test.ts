import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HookAgentRequest, HookWakeRequest } from '../../schemas/http/hooks.js'
import { testFolder } from '../helper/folder.js'
import { token } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'
import { Random } from '../helper/random.js'
import { broken, type Shape, sample } from './_frames.js'

const calls = Number(process.env.FUZZ_HOOKS ?? 2_000)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const hookToken = 'hook-token-0123456789abcdef'
/** What a caller may hear; 500 is none of it. */
const statuses = [200, 400, 401, 404, 413, 415, 422, 429, 503]

t.test(`${calls} random and broken calls of hooks (seed ${seed})`, { timeout: 600_000 }, async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const mappings = [
    {
      match: { path: 'm' },
      messageTemplate: '{{a.b[0]}} {{message}} {{headers.x-odd}}',
      sessionKey: 'hook:{{name}}',
      to: '{{to}}',
    },
    { match: { path: 'w' }, action: 'wake', textTemplate: '{{text}}{{query.q}}' },
    { match: { path: 's' }, signature: { scheme: 'stripe', secret: 'stripe-secret' } },
    { match: { path: 'g' }, signature: { scheme: 'github', secret: 'github-secret' } },
  ]
  const config = {
    gateway: { mode: 'local', bind: 'loopback', auth: { token } },
    agents: { defaults: { model: 'builtin/echo' } },
    hooks: { enabled: true, token: hookToken, allowRequestSessionKey: true, mappings },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const gateway = await startGateway(home, 20_000 + (process.pid % 20_000))
  t.teardown(() => gateway.kill())
  const random = new Random(seed)
  const odd: string[] = []
  const seen = new Map<number, number>()
  const doors: [path: string, shape: Shape][] = [
    ['wake', HookWakeRequest as Shape],
    ['agent', HookAgentRequest as Shape],
    ['m', HookAgentRequest as Shape],
    ['w', HookWakeRequest as Shape],
    ['s', HookWakeRequest as Shape],
    ['g', HookAgentRequest as Shape],
    ['none', HookWakeRequest as Shape],
  ]
  for (let sent = 0; sent < calls; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, () => call()))
  }
  t.comment(JSON.stringify([...seen].sort()))
  t.strictSame(odd.slice(0, 5), [], 'every answer is known')
  if (odd.length > 0) t.comment(gateway.output().slice(-4_000))
  t.ok((seen.get(200) ?? 0) > 0, 'some calls were right')
  t.equal((await fetch(`${gateway.url}/healthz`)).status, 200, 'it is well')
  t.equal(await gateway.stop(), 0, 'and ends as it should')

  async function call(): Promise<void> {
    const [path, shape] = random.pick(doors)
    const right = { message: 'm', text: 't', ...(sample(random, shape) as object) }
    const text = JSON.stringify(right)
    const headers = {
      'content-type': random.pick(['application/json', 'application/json', 'application/x+json', 'text/plain']),
      ...(random.chance(0.98) && { authorization: `Bearer ${hookToken}` }),
      ...(random.chance(0.1) && { 'idempotency-key': random.pick(['a', 'b', 'x'.repeat(300)]) }),
      ...(random.chance(0.1) && { 'x-hub-signature-256': random.pick(['sha256=', 'x', 'sha256=00']) }),
      ...(random.chance(0.1) && { 'stripe-signature': random.pick(['t=1,v1=2', 't=,,=', 'v1=']) }),
    }
    const query = random.pick(['', '?q=1', '?q[]=1&__proto__=2', '?token=x'])
    const body = random.chance(0.3) ? broken(random, text) : text
    const response = await fetch(`${gateway.url}/hooks/${path}${query}`, { method: 'POST', headers, body })
    const answer = await response.text()
    seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
    if (!statuses.includes(response.status)) odd.push(`${path} ${response.status} ${answer} ${body.slice(0, 200)}`)
  }
})
