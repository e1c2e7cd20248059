import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Instance } from '../../../src/instance/types.js'
import { until } from '../../helper/calls.js'
import { serveWeb } from '../../helper/web.js'
import { clock, SlowAnswer, text } from './slow-answer.js'
import { asked, type StageOptions, stage } from './stage.js'

const named = { entries: { main: { identity: { name: 'Ada' } } } }

/** What the bot says to one message. */
async function saidIn(t: Test, options: StageOptions, count = 1): Promise<string[]> {
  const { api } = await stage(t, { script: 'hello', ...options })
  api.says('hi')
  await until(() => api.sent.length >= count)
  return api.sent
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a prefix with variables: the model that answered, its provider, the agent', async (t) => {
  const responsePrefix = '[{identity.name} {provider}/{model} {modelFull} {other}]'
  t.strictSame(await saidIn(t, { agents: named, more: { messages: { responsePrefix } } }), [
    '[Ada upstream/one upstream/one {other}] hello',
  ])
})

t.test('{thinkingLevel} is that of the session; what is not known stands for nothing', async (t) => {
  const { api } = await stage(t, { script: 'hello', more: { messages: { responsePrefix: '{identityName}{think}:' } } })
  api.says('hi')
  await until(() => api.sent.length === 1)
  api.says('/think high')
  await until(() => api.sent.length === 2)
  api.says('hi again')
  await until(() => api.sent.length === 3)
  t.match(api.sent, [': hello', /./, 'high: hello'])
})

t.test('auto is the name of the agent, the config first, then its IDENTITY.md; no name, no prefix', async (t) => {
  const auto = { messages: { responsePrefix: 'auto' } }
  t.strictSame(await saidIn(t, { agents: named, more: auto }), ['[Ada] hello'])
  t.strictSame(await saidIn(t, { more: auto }), ['hello'])
  const { api, instance } = await stage(t, { script: 'hello', more: auto })
  mkdirSync(instance.paths.workspace, { recursive: true })
  writeFileSync(join(instance.paths.workspace, 'IDENTITY.md'), '- Name: Bea\n')
  api.says('hi')
  await until(() => api.sent.length === 1)
  t.strictSame(api.sent, ['[Bea] hello'])
})

t.test('the prefix of the account goes before that of the channel and of all; empty is none', async (t) => {
  const more = { messages: { responsePrefix: 'all:' } }
  t.strictSame(await saidIn(t, { more, telegram: { responsePrefix: 'channel:' } }), ['channel: hello'])
  const accounts = { default: { responsePrefix: 'account:' } }
  t.strictSame(await saidIn(t, { more, telegram: { responsePrefix: 'channel:', accounts } }), ['account: hello'])
  t.strictSame(await saidIn(t, { more, telegram: { responsePrefix: '' } }), ['hello'])
})

t.test('a preview has the prefix of its answer', async (t) => {
  const slow = new SlowAnswer()
  const more = { messages: { responsePrefix: '[{model}]' } }
  const { api } = await stage(t, { script: slow.reply(text(2)), clock, more })
  api.says('tell me')
  slow.more(1)
  await until(() => api.chat()[0]?.startsWith('[one] Piece 0') === true)
  slow.more()
  await until(() => api.chat()[0] === `[one] ${text(2)}`)
  t.equal(api.sent.length, 1)
})

t.test('messagePrefix stands in front of what the model reads, and not in front of commands', async (t) => {
  const { api, upstream } = await stage(t, { more: { messages: { messagePrefix: '[chat]' } } })
  api.says('hi')
  await until(() => api.sent.length === 1)
  t.strictSame(asked(upstream.requests), ['[chat] hi'])
  api.says('/whoami')
  await until(() => api.sent.some((said) => said.includes('agent:main:main')))
})

t.test('chunkMode newline: each paragraph is a message; lists and fences stay whole', async (t) => {
  const script = 'First.\n\nSecond\nline.\n\n- one\n\n- two\n\n```\na\n\nb\n```'
  const said = await saidIn(t, { script, telegram: { chunkMode: 'newline', streaming: 'off' } }, 4)
  t.strictSame(said, ['First.', 'Second\nline.', '• one\n• two', '<pre><code>a\n\nb</code></pre>'])
})

/** A gateway whose agent answers with these words, and what its workspace holds. */
async function withFiles(t: Test, script: string, { telegram, ...options }: StageOptions = {}) {
  const all = await stage(t, { script, ...options, telegram: { streaming: 'off', ...telegram } })
  fill(all.instance)
  all.api.says('send it')
  return all
}

function fill({ paths }: Pick<Instance, 'paths'>): void {
  mkdirSync(paths.workspace, { recursive: true })
  writeFileSync(join(paths.workspace, 'plan.txt'), 'the plan')
  writeFileSync(join(paths.workspace, 'other file.txt'), 'another')
  writeFileSync(join(paths.home, 'secret.txt'), 'nobody sees it')
  symlinkSync(join(paths.home, 'secret.txt'), join(paths.workspace, 'link.txt'))
}

t.test('MEDIA: a file of the workspace is sent with the words of the answer', async (t) => {
  const { api } = await withFiles(t, 'Here it is.\nMEDIA:plan.txt')
  const [sent] = await api.called('sendDocument')
  t.match(sent, { chat_id: '42', caption: 'Here it is.', document: { name: 'plan.txt', size: 8 } })
  t.equal(api.sent.length, 0)
})

t.test('MEDIA: several files, in marks and quotes, without a word; a fence is text', async (t) => {
  const { api } = await withFiles(
    t,
    '- `MEDIA: other file.txt`\nMEDIA:"plan.txt"\nMEDIA:plan.txt\n\n```\nMEDIA:a.txt\n```',
  )
  const sent = await api.called('sendDocument', 2)
  t.match(sent, [{ document: { name: 'other file.txt' } }, { document: { name: 'plan.txt' } }])
  t.equal(sent[0]?.caption, '<pre><code>MEDIA:a.txt</code></pre>')
})

t.test('MEDIA: NO_REPLY sends the file alone', async (t) => {
  const { api } = await withFiles(t, 'NO_REPLY\nMEDIA:plan.txt')
  const [sent] = await api.called('sendDocument')
  t.equal(sent?.caption, undefined)
})

t.test('MEDIA: nothing outside of the workspace is sent, by path, by link, by home', async (t) => {
  for (const path of ['/etc/passwd', '../secret.txt', 'link.txt', '~/secret.txt', 'file:///etc/passwd', 'gone.txt']) {
    const { api } = await withFiles(t, `Look.\nMEDIA:${path}`)
    await until(() => api.sent.length === 1)
    t.match(api.sent[0], /^Look\.\n\n\[.* could not be sent: /, path)
    t.notMatch(JSON.stringify(api.calls), /nobody sees it|root:/)
    t.equal(api.calls.filter(({ method }) => method === 'sendDocument').length, 0)
  }
})

t.test('MEDIA: nor for a sender who may not have it read', async (t) => {
  const tools = { toolsBySender: { 'channel:telegram:42': { deny: ['read'] } } }
  const { api } = await withFiles(t, 'Look.\nMEDIA:plan.txt', { more: { tools } })
  await until(() => api.sent.length === 1)
  t.match(api.sent[0], /could not be sent: Its agent may not read/)
})

t.test('MEDIA: where the agent may not read, it sends no files either', async (t) => {
  const { api } = await withFiles(t, 'Look.\nMEDIA:plan.txt', { more: { tools: { deny: ['read'] } } })
  await until(() => api.sent.length === 1)
  t.match(api.sent[0], /could not be sent: Its agent may not read/)
})

t.test('MEDIA: a sandboxed session sends what it sees in its sandbox, and nothing else', async (t) => {
  const within = (workspaceAccess: string) =>
    withFiles(t, 'Look.\nMEDIA:plan.txt', {
      agents: { defaults: { sandbox: { mode: 'all', workspaceAccess, backend: 'bubblewrap' } } },
    })
  const none = await within('none')
  await until(() => none.api.sent.length === 1)
  t.match(none.api.sent[0], /could not be sent/)
  const all = await within('rw')
  t.match(await all.api.called('sendDocument'), [{ caption: 'Look.', document: { name: 'plan.txt' } }])
})

t.test('MEDIA: sandbox mode non-main holds for whoever writes directly and is not the owner', async (t) => {
  const agents = { defaults: { sandbox: { mode: 'non-main', backend: 'bubblewrap' } } }
  const guest = await withFiles(t, 'Look.\nMEDIA:plan.txt', { agents })
  await until(() => guest.api.sent.length === 1)
  t.match(guest.api.sent[0], /could not be sent/)
  const more = { commands: { ownerAllowFrom: ['telegram:42'] } }
  const owner = await withFiles(t, 'Look.\nMEDIA:plan.txt', { agents, more })
  t.match(await owner.api.called('sendDocument'), [{ caption: 'Look.', document: { name: 'plan.txt' } }])
})

t.test('MEDIA: an address is fetched by the one way out, which keeps off the local network', async (t) => {
  const web = await serveWeb(t, (_request, response) => response.end('from afar'))
  const url = `http://127.0.0.1:${web.port}/a/report.txt`
  const closed = await withFiles(t, `Look.\nMEDIA:${url}`)
  await until(() => closed.api.sent.length === 1)
  t.match(closed.api.sent[0], /could not be sent/)
  t.equal(web.seen.length, 0)
  const tools = { web: { fetch: { ssrfPolicy: { dangerouslyAllowPrivateNetwork: true } } } }
  const open = await withFiles(t, `Look.\nMEDIA:${url}`, { more: { tools } })
  t.match(await open.api.called('sendDocument'), [{ caption: 'Look.', document: { name: 'report.txt', size: 9 } }])
})

t.test('MEDIA: an address is not fetched for an agent, or a sender, that may not fetch', async (t) => {
  const web = await serveWeb(t, (_request, response) => response.end('from afar'))
  const script = `Look.\nMEDIA:http://127.0.0.1:${web.port}/report.txt`
  const fetch = { ssrfPolicy: { dangerouslyAllowPrivateNetwork: true } }
  for (const rules of [
    { deny: ['web_fetch'] },
    { toolsBySender: { 'channel:telegram:42': { deny: ['web_fetch'] } } },
    { web: { fetch: { ...fetch, enabled: false } } },
  ]) {
    const { api } = await withFiles(t, script, { more: { tools: { web: { fetch }, ...rules } } })
    await until(() => api.sent.length === 1)
    t.match(api.sent[0], /could not be sent: Its agent may not fetch/)
  }
  t.equal(web.seen.length, 0)
})

t.test('MEDIA: a file that Telegram refuses does not take the words with it', async (t) => {
  const { api, instance } = await stage(t, { script: 'Here.\nMEDIA:plan.txt', telegram: { streaming: 'off' } })
  fill(instance)
  api.fails('sendDocument', { error_code: 400, description: 'Bad Request: file is too weird' })
  api.says('send it')
  await until(() => api.sent.length === 1)
  t.match(api.sent[0], /^Here\.\n\n\[plan\.txt could not be sent: .*too weird/)
})

t.test('MEDIA: a preview shows the words; then the file comes with them, and the preview is gone', async (t) => {
  const slow = new SlowAnswer()
  const { api, instance } = await stage(t, { script: slow.reply(`${text(2)}\n\nMEDIA:plan.txt`), clock })
  fill(instance)
  api.says('tell me')
  slow.more(2)
  await until(() => api.chat().length === 1)
  slow.more()
  await api.called('sendDocument')
  await until(() => api.chat().length === 1 && api.chat()[0] === text(2))
  await api.called('deleteMessage')
})

t.test('MEDIA: of two files one is refused: what went before it, the words too, is not said again', async (t) => {
  const { api, instance } = await stage(t, {
    script: 'Here.\nMEDIA:plan.txt\nMEDIA:other file.txt',
    telegram: { streaming: 'off' },
  })
  fill(instance)
  api.fails('sendDocument', undefined, { error_code: 400, description: 'Bad Request: file is too weird' })
  api.says('send it')
  await until(() => api.sent.length === 1)
  t.match(api.sent, [/^\[other file\.txt could not be sent: .*too weird/])
  t.match(await api.called('sendDocument'), [{ caption: 'Here.', document: { name: 'plan.txt' } }])
  t.equal(api.attempts('sendDocument'), 2)
})

t.test('MEDIA: words too long for a caption go before the file', async (t) => {
  const words = 'word '.repeat(250).trim()
  const { api } = await withFiles(t, `${words}\nMEDIA:plan.txt`)
  t.match(await api.called('sendDocument'), [{ caption: undefined, document: { name: 'plan.txt' } }])
  t.strictSame(api.sent, [words])
})

t.test('MEDIA: an address whose name is badly encoded is fetched all the same', async (t) => {
  const web = await serveWeb(t, (_request, response) => response.end('from afar'))
  const tools = { web: { fetch: { ssrfPolicy: { dangerouslyAllowPrivateNetwork: true } } } }
  const { api } = await withFiles(t, `Look.\nMEDIA:http://127.0.0.1:${web.port}/100%.txt`, { more: { tools } })
  t.match(await api.called('sendDocument'), [{ caption: 'Look.', document: { name: '100%.txt' } }])
})

t.test('a table that markup makes too long goes out in plain words, new and in the place of a preview', async (t) => {
  const cells = Array.from({ length: 40 }, () => `| ${'ok | '.repeat(12)}`).join('\n')
  const widths = `| ${`${'x'.repeat(40)} | `.repeat(12)}`
  const table = `The list:\n\n${widths}\n|${'---|'.repeat(12)}\n${cells}\n\nThe end of it.`
  t.ok(table.length < 4_000)
  for (const streaming of ['off', 'partial']) {
    const { api } = await stage(t, { script: table, telegram: { streaming } })
    api.says('the list please')
    await until(() => api.chat().some((text) => text.includes('The end of it.')))
    t.equal(api.chat().length, 1, streaming)
  }
})
