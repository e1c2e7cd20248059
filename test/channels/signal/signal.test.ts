import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { asked, type Body, heardSigns, pairingCode, type StageOptions, stageOf } from '../_stage.js'
import { ada, bob, number, ownUuid, SignalServer } from './server.js'

const group = { groupInfo: { groupId: 'R3JvdXAx', type: 'DELIVER' } }

async function stage(t: Test, keys: Body = {}, script?: StageOptions['script'], more: Body = {}) {
  const api = await new SignalServer().start()
  t.teardown(() => api.stop())
  const all = { account: number, httpUrl: api.root, ...keys }
  return { api, ...(await stageOf(t, { channel: 'signal', keys: all, more, ...(script !== undefined && { script }) })) }
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a message is answered, its markup shown as styles, and quoted when that is wanted', async (t) => {
  const { api, upstream } = await stage(t, { replyToMode: 'first', sendReadReceipts: true }, '**Hi** `Ada`')
  const at = api.says('hello')
  await until(() => api.sent.length === 1)
  t.match(api.of('send')[0], {
    account: number,
    recipient: [ada.uuid],
    message: 'Hi Ada',
    textStyle: ['0:2:BOLD', '3:3:MONOSPACE'],
    quoteTimestamp: at,
    quoteAuthor: ada.uuid,
  })
  t.match(asked(upstream.requests), ['hello'])
  await until(() => api.of('sendTyping').length > 0 && api.of('sendReceipt').length > 0)
  t.match(api.of('sendReceipt'), [{ recipient: ada.uuid, targetTimestamp: at, type: 'read' }])
})

t.test('what the account wrote itself, receipts and reactions are no messages', async (t) => {
  const { api, upstream } = await stage(t)
  api.says('by me', {}, { number, uuid: ownUuid, name: 'Me' })
  api.envelope({ syncMessage: { sentMessage: { message: 'from my phone', timestamp: 1 } } })
  api.envelope({ receiptMessage: { when: 1, isRead: true } })
  api.says(null as never, { reaction: { emoji: '👍', targetAuthor: number } })
  api.says('by Ada')
  await until(() => api.sent.length === 1)
  t.match(asked(upstream.requests), ['by Ada'])
  t.equal(upstream.requests.length, 1)
})

t.test('pairing: a stranger gets a code once, its approval lets him in; a number in allowFrom is enough', async (t) => {
  const { api, upstream, approve } = await stage(t, { dmPolicy: 'pairing', allowFrom: [bob.number] })
  api.says('let me in')
  api.says('please')
  await until(() => api.sent.length === 1)
  t.equal(upstream.requests.length, 0, 'no model sees it')
  t.match(await approve(pairingCode(api.sent[0])), { code: 0 })
  api.says('and now?')
  api.says('me too', {}, bob)
  await until(() => upstream.requests.length === 2)
  t.same(asked(upstream.requests).sort(), ['and now?', 'me too'])
  t.equal(api.sent.filter((text) => text.includes('Pairing code')).length, 1)
})

t.test('a group: only who mentions the account is answered, with what was said before', async (t) => {
  const { api, upstream } = await stage(t, { groupPolicy: 'open' })
  api.says('nice weather', group, bob)
  const mentions = [{ name: ownUuid, uuid: ownUuid, start: 0, length: 1 }]
  api.says('\uFFFC what do you say?', { ...group, mentions })
  await until(() => api.sent.length === 1)
  t.match(api.of('send')[0], { groupId: 'R3JvdXAx', recipient: undefined })
  t.match(asked(upstream.requests)[0], /Bob: nice weather[\s\S]*what do you say\?/)
  const quote = { id: 5, authorNumber: number, authorUuid: ownUuid, text: 'hello from the model' }
  api.says('really?', { ...group, quote })
  await until(() => upstream.requests.length === 2)
})

t.test('a long answer comes in parts, whole', async (t) => {
  const lines = Array.from({ length: 400 }, (_, line) => `line ${line} of it.`)
  const { api } = await stage(t, {}, lines.join('\n\n'))
  api.says('tell me')
  await until(() => api.sent.join('\n').includes('line 399'))
  t.ok(api.sent.length > 2)
  t.equal((api.sent.join('\n').match(/line \d+ of it\./g) ?? []).length, 400)
})

t.test('a picture is kept and shown to the model', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream } = await stage(t)
  api.files.set('pic.png', png)
  api.says('what is it?', { attachments: [{ id: 'pic.png', contentType: 'image/png', size: png.length }] })
  await until(() => api.sent.length === 1)
  const all = JSON.stringify(upstream.requests.map(({ body }) => body.messages))
  t.match(all, /<media:image image\/png \d+ bytes, kept at /)
  t.match(all, /data:image\/png;base64,/)
  t.match(api.of('getAttachment'), [{ id: 'pic.png', recipient: ada.uuid }])
})

t.test('a rate limit is waited for; a message that nobody gets is put aside', async (t) => {
  const { api, socket } = await stage(t)
  const results = [{ type: 'RATE_LIMIT_FAILURE', retryAfterSeconds: 1 }]
  api.fails('send', {
    code: -5,
    message: 'Failed to send message due to rate limiting',
    data: { response: { results } },
  })
  api.says('one')
  await until(() => api.sent.length === 1)
  const lost = { response: { results: [{ type: 'UNREGISTERED_FAILURE' }] } }
  api.fails('send', { code: -1, message: 'Failed to send message', data: lost })
  api.says('two')
  await until(async () => (await socket.call('channels.deadLetters', {})).letters.length === 1)
})

t.test('the stream breaks and comes back; nothing is answered twice', async (t) => {
  const { api, upstream, state } = await stage(t)
  api.says('before')
  await until(() => api.sent.length === 1)
  api.cut()
  api.says('while away')
  await until(() => api.sent.length === 2)
  t.equal(api.opened, 2)
  t.match(asked(upstream.requests), ['before', 'while away'])
  t.equal((await state()).connected, true)
})

t.test('an account that is not registered stays off, and says so; the gateway runs', async (t) => {
  const api = await new SignalServer().start()
  t.teardown(() => api.stop())
  api.registered = false
  const keys = { account: number, httpUrl: api.root }
  const { state, gateway, rewrite } = await stageOf(t, { channel: 'signal', keys })
  await until(async () => (await state()).running === false)
  t.match(await state(), { connected: false, lastError: /not registered/ })
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
  api.registered = true
  rewrite((section) => {
    section.sendReadReceipts = true
  })
  await until(async () => (await state()).connected === true)
  t.match(await state(), { identity: number })
})

/** Stands in for signal-cli: writes down how it was called, then serves what the real one would serve first. */
const program = (note: string) => `#!${process.execPath}
const { writeFileSync } = require('node:fs')
const { createServer } = require('node:http')
const args = process.argv.slice(2)
writeFileSync(${JSON.stringify(note)}, JSON.stringify({ args, pid: process.pid, env: Object.keys(process.env) }))
const [host, port] = args[args.indexOf('--http') + 1].split(':')
createServer((request, response) => {
  if (request.url.startsWith('/api/v1/events')) return response.writeHead(200).write(':\\n\\n')
  response.end(request.url.endsWith('/check') ? '' : '{"jsonrpc":"2.0","id":"1","result":[]}')
}).listen(Number(port), host)
`

t.test('without httpUrl the daemon is started, without the secrets of the gateway, and ends with it', async (t) => {
  const folder = t.testdir({})
  const note = join(folder, 'called.json')
  const cliPath = join(folder, 'signal-cli.cjs')
  writeFileSync(cliPath, program(note), { mode: 0o755 })
  const { state, gateway } = await stageOf(t, { channel: 'signal', keys: { account: number, cliPath } })
  await until(() => existsSync(note))
  await until(async () => (await state()).connected === true)
  const { args, pid, env } = JSON.parse(readFileSync(note, 'utf8'))
  t.match(args, ['-a', number, 'daemon', '--http', /^127\.0\.0\.1:\d+$/])
  t.notOk(env.some((name: string) => /OPENCLAW|TAP|KEY|TOKEN/.test(name)))
  await gateway.close()
  t.throws(() => process.kill(pid, 0), 'it is gone')
})

t.test('a signal-cli that is not there is told of', async (t) => {
  const keys = { account: number, cliPath: '/nowhere/signal-cli' }
  const { state } = await stageOf(t, { channel: 'signal', keys })
  await until(async () => (await state()).running === false)
  t.match(await state(), { lastError: /install signal-cli/ })
})

t.test('who is heard sees a reaction, which goes after the answer', async (t) => {
  const { api } = await stage(t, {}, undefined, heardSigns)
  const targetTimestamp = api.says('hello')
  await until(() => api.of('sendReaction').length === 2)
  const target = { recipient: [ada.uuid], targetAuthor: ada.uuid, targetTimestamp }
  t.match(api.of('sendReaction'), [
    { ...target, emoji: '👀' },
    { ...target, remove: true },
  ])
  t.equal(api.sent.length, 1)
})
