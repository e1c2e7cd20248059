import { createHmac } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../../helper/calls.js'
import { connected } from '../../helper/socket.js'
import { hookStage, withToken } from './_stage.js'

const unsigned = { 'content-type': 'application/json' }

t.test(
  'a mapping makes a message of a body; the words of the operator stand before what strangers wrote',
  async (t) => {
    const { post, told } = await hookStage(t, {
      hooks: {
        mappings: [
          { match: { path: 'github', source: 'other' }, messageTemplate: 'not this' },
          {
            id: 'push',
            match: { path: '/github/' },
            name: 'GitHub',
            messageTemplate:
              'Sum up the push to {{repo.name}} by {{commits[0].author}} ({{headers.x-github-event}}, {{query.k}}).',
            sessionKey: 'hook:github:{{repo.name}}',
          },
          { id: 'plain', match: { path: 'plain' }, allowUnsafeExternalContent: true, messageTemplate: 'Do {{what}}.' },
          { id: 'whole', match: { path: 'deep/whole' } },
        ],
      },
    })
    const body = { repo: { name: 'web' }, commits: [{ author: 'eve' }] }
    t.equal((await post('/hooks/github?k=v', body, { ...withToken, 'x-github-event': 'push' })).status, 200)
    const [prompt = ''] = await told(1)
    t.match(prompt, /^\[hook:GitHub\] A call came in from outside\. .*\nSum up the push to \{\{repo\.name\}\}/)
    t.match(prompt, /source="hook:GitHub">>>\nSum up the push to web by eve \(push, v\)\.\n<<</)
    await post('/hooks/plain', { what: 'the dishes' })
    t.equal((await told(2))[1], '[hook:plain] Do the dishes.')
    await post('/hooks/deep/whole', { a: [1] })
    t.match((await told(3))[2], /"a": \[\n {4}1\n {2}\]/)
  },
)

t.test('mapped words, the preset of Gmail, and the session that it names', async (t) => {
  const { post, told, gateway } = await hookStage(t, {
    hooks: {
      presets: ['gmail', 'unknown'],
      mappings: [
        { match: { path: 'bell' }, action: 'wake', textTemplate: '{{who}} rings', wakeMode: 'next-heartbeat' },
      ],
    },
  })
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const bell = await post('/hooks/bell', { who: 'Eve' })
  t.strictSame(await bell.json(), { ok: true, mode: 'next-heartbeat' })
  t.match((await socket.call('status', {})).queuedSystemEvents, [/EXTERNAL_UNTRUSTED_CONTENT[\s\S]*\nEve rings\n/])
  const messages = [{ id: 'm1', from: 'a@example.org', subject: 'Hi', snippet: 's', body: 'b' }]
  t.equal((await post('/hooks/gmail', { messages })).status, 200)
  t.match((await told(1))[0], /From: a@example\.org\nSubject: Hi\ns\nb/)
  const { sessions } = await socket.call('sessions.list', {})
  t.ok(sessions.some(({ key }: { key: string }) => key === 'agent:main:hook:gmail:m1'))
})

t.test('a session key that callers have a part in needs leave, unless it begins with hook:', async (t) => {
  const mappings = [{ match: { path: 'free' }, sessionKey: '{{key}}' }]
  const refused = await hookStage(t, { hooks: { mappings } })
  t.equal((await refused.post('/hooks/free', { key: 'main' })).status, 400)
  const allowed = await hookStage(t, {
    hooks: { mappings, allowRequestSessionKey: true, allowedSessionKeyPrefixes: ['team:'] },
  })
  t.equal((await allowed.post('/hooks/free', { key: 'main' })).status, 400)
  t.equal((await allowed.post('/hooks/free', { key: 'team:a' })).status, 200)
})

t.test('senders who sign need no token; a wrong signature is refused whatever else they hold', async (t) => {
  const mappings = [
    { id: 'gh', match: { path: 'gh' }, signature: { scheme: 'github', secret: '$GH_SECRET' } },
    {
      id: 'st',
      match: { path: 'st' },
      signature: { scheme: 'stripe', secret: { source: 'env', provider: 'default', id: 'ST_SECRET' } },
    },
    { id: 'sl', match: { path: 'sl' }, signature: { scheme: 'slack', secret: 'slack-secret' } },
    { id: 'lost', match: { path: 'lost' }, signature: { secret: { source: 'env', provider: 'default', id: 'NONE' } } },
  ]
  const env = { GH_SECRET: 'github-secret', ST_SECRET: 'stripe-secret' }
  const { post, taken, told, asked } = await hookStage(t, { hooks: { mappings }, env })
  const sign = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')
  // Spaces and escapes as the sender wrote them: the bytes are signed, not what they mean.
  const body = '{ "id" : "evt_1", "\\u0061": 1.0 }'
  const github = { ...unsigned, 'x-hub-signature-256': `sha256=${sign('github-secret', body)}` }

  t.equal((await post('/hooks/gh', body, github)).status, 200)
  t.equal((await post('/hooks/gh', `${body} `, github)).status, 401)
  t.equal((await post('/hooks/gh', `${body} `, { ...github, ...withToken })).status, 401)
  t.equal((await post('/hooks/gh', body, unsigned)).status, 401)
  t.equal((await post('/hooks/gh', '{"by":"token"}')).status, 200)
  await told(2)

  const now = Math.floor(Date.now() / 1_000)
  const stripe = (at: number, text = body) => ({
    ...unsigned,
    'stripe-signature': `t=${at},v1=${sign('stripe-secret', `${at}.${text}`)}`,
  })
  const { runId } = await taken('/hooks/st', body, stripe(now))
  t.match(runId, /^hook_/)
  const again = await taken('/hooks/st', body, { ...stripe(now + 1), 'idempotency-key': 'of-an-attacker' })
  t.equal(again.runId, runId, 'the same event, sent again')
  const counted = '{"id":"evt_1","pending_webhooks":2}'
  t.equal(
    (await taken('/hooks/st', counted, stripe(now, counted))).runId,
    runId,
    'a sender counts its tries in the body',
  )
  t.equal((await post('/hooks/st', body, stripe(now - 400))).status, 401, 'too old')

  const slack = (text: string) => ({
    ...unsigned,
    'x-slack-request-timestamp': String(now),
    'x-slack-signature': `v0=${sign('slack-secret', `v0:${now}:${text}`)}`,
  })
  const challenge = '{"type":"url_verification","challenge":"c-1"}'
  t.strictSame(await (await post('/hooks/sl', challenge, slack(challenge))).json(), { challenge: 'c-1' })
  t.equal((await post('/hooks/sl', challenge, unsigned)).status, 401)
  const nameless = '{"x":1}'
  const one = await taken('/hooks/sl', nameless, slack(nameless))
  const two = await taken('/hooks/sl', nameless, { ...slack(nameless), 'user-agent': 'other' })
  t.equal(one.runId, two.runId, 'whoever listened cannot send it again')

  t.equal((await post('/hooks/lost', body, { ...unsigned, 'x-signature': 'ab' })).status, 503)
  await told(4)
  t.equal(asked().length, 4)
})

t.test('transforms run apart from the gateway, and only from their folder', async (t) => {
  const files: Record<string, string> = {
    'good.mjs': `export default ({ payload, headers }) => ({ message: 'made of ' + payload.a + headers['x-a'] + (headers.authorization ?? '') })`,
    'noisy.mjs': `export const other = async () => { console.log('noise'); return { text: 'other' } }`,
    'none.mjs': 'export default () => null',
    'throws.mjs': 'export default () => { throw new Error("secret reason") }',
    'wrong.mjs': 'export default () => ({ message: 1 })',
    'exits.mjs': 'process.exit(3)',
    'env.mjs': `export default () => ({ message: 'env ' + Object.keys(process.env).filter((k) => k !== 'OPENCLAW_PROCESS_MARKER').join() })`,
    'reads.mjs': `import { readFileSync } from 'node:fs'; export default () => ({ message: readFileSync('../../openclaw.json', 'utf8') })`,
  }
  const outside = ['../../outside.mjs', 'link.mjs', 'missing.mjs', '']
  const mappings = [...Object.keys(files), ...outside].map((module, index) => ({
    match: { path: `t${index}` },
    allowUnsafeExternalContent: true,
    transform: { module, ...(module === 'noisy.mjs' && { export: 'other' }) },
  }))
  const { post, told, asked, instance } = await hookStage(t, { hooks: { mappings } })
  const folder = join(instance.paths.state, 'hooks', 'transforms')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(instance.paths.state, 'outside.mjs'), 'export default () => ({ message: "outside" })')
  symlinkSync(join(instance.paths.state, 'outside.mjs'), join(folder, 'link.mjs'))
  const call = async (index: number) => post(`/hooks/t${index}`, { a: 1 }, { ...withToken, 'x-a': 'h' })
  t.equal((await call(0)).status, 200)
  t.equal((await told(1))[0], '[hook:t0] made of 1h')
  t.equal((await call(1)).status, 200)
  t.equal((await told(2))[1], '[hook:t1] other')
  t.equal((await call(2)).status, 204)
  for (const index of [3, 4, 5]) {
    const response = await call(index)
    t.equal(response.status, 500, Object.keys(files)[index] ?? '')
    const text = await response.text()
    t.match(JSON.parse(text), { ok: false, error: { code: 'hook_transform_failed' } })
    t.notMatch(text, /secret reason/)
  }
  t.equal((await call(6)).status, 200)
  t.match((await told(3))[2], /^\[hook:t6\] env (?:OPENCLAW_\w+)?$/)
  t.equal((await call(7)).status, 500, 'the config of the gateway is out of reach')
  for (let index = 8; index < 12; index += 1) t.equal((await call(index)).status, 500, outside[index - 8] ?? '')
  await until(() => asked().length >= 3)
  t.equal(asked().length, 3)
})

t.test('keys of two mappings without a name, or with the same, are two keys', async (t) => {
  const idempotencyKey = '{{id}}'
  const { taken } = await hookStage(t, {
    hooks: {
      mappings: [
        { match: { source: 'a' }, idempotencyKey },
        { match: { source: 'b' }, idempotencyKey },
        { match: { path: 'c' }, name: 'Same', idempotencyKey },
        { match: { path: 'd' }, name: 'Same', idempotencyKey },
      ],
    },
  })
  const runs = []
  for (const [path, source] of ['a', 'b', 'c', 'd', 'a'].entries()) {
    const door = source === 'c' || source === 'd' ? source : `any-${path}`
    runs.push((await taken(`/hooks/${door}`, { id: 1, source })).runId)
  }
  t.equal(new Set(runs).size, 4)
  t.equal(runs[0], runs[4], 'the same event at the same mapping is known')
})
