import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stageOf } from '../../channels/_stage.js'
import { TelegramServer } from '../../channels/telegram/server.js'
import { until } from '../../helper/calls.js'
import { token } from '../../helper/gateway.js'
import { cliFor } from '../harness.js'

async function stage(t: Test) {
  const api = await new TelegramServer().start(t)
  const { gateway, instance, state } = await stageOf(t, {
    channel: 'telegram',
    keys: { botToken: api.token, apiRoot: api.root },
  })
  await until(async () => (await state()).connected === true)
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', gateway.url.replace('http', 'ws'), '--token', token]
  return { api, run: (...argv: string[]) => cli.run('message', ...argv, ...where) }
}

t.test('react, edit and delete do it, and say what', async (t) => {
  const { api, run } = await stage(t)
  t.match(await run('send', '--target', '42', '--message', 'old'), { stdout: /message 42:101/ })
  const message = ['--target', '42', '--message-id', '42:101']
  t.match(await run('react', ...message, '--emoji', '👍'), {
    code: 0,
    stdout: 'Reacted to message 42:101 in direct:42 over telegram.\n',
  })
  t.match(await run('react', ...message, '--remove'), { code: 0, stdout: /Took the reaction back/ })
  t.match(await api.called('setMessageReaction', 2), [{ reaction: [{ emoji: '👍' }] }, { reaction: [] }])
  t.match(await run('edit', ...message, '--message', 'new'), { code: 0, stdout: /Changed message 42:101/ })
  t.match(await api.called('editMessageText'), [{ message_id: 101, text: 'new' }])
  const deleted = await run('delete', ...message, '--channel', 'telegram', '--json')
  t.match(JSON.parse(deleted.stdout), { ok: true, action: 'delete', channel: 'telegram', to: 'direct:42' })
  t.equal((await api.called('deleteMessage')).length, 1)
})

t.test('poll asks with the options as they are written', async (t) => {
  const { api, run } = await stage(t)
  const options = ['--poll-option', 'Soup, hot', '--poll-option=Rice', '--option', 'Cake']
  const asked = await run(
    'poll',
    '--to',
    '42',
    '--poll-question',
    'Lunch?',
    ...options,
    '--poll-multi',
    '--poll-public',
  )
  t.match(asked, { code: 0, stdout: /Asked in direct:42 over telegram: message 42:/ })
  t.match(await api.called('sendPoll'), [
    { question: 'Lunch?', options: ['Soup, hot', 'Rice', 'Cake'], allows_multiple_answers: true, is_anonymous: false },
  ])
  t.match(await run('poll', '--target', '42', '--poll-question', 'Lunch?', '--poll-option', 'Soup'), {
    code: 2,
    stderr: /2 to 12 options/,
  })
  const ends = ['--poll-duration-hours', '1', '--poll-duration-seconds', '60']
  t.match(await run('poll', '--target', '42', '--poll-question', 'Why?', ...options, ...ends), {
    code: 2,
    stderr: /Give one of --poll-duration-hours/,
  })
  t.match(await run('poll', '--target', '42', '--poll-question', 'Why?', ...options, '--poll-duration-hours', '2'), {
    code: 1,
    stderr: /lasts 5 to 600 seconds/,
  })
})

t.test('pin, unpin and pins; a channel that cannot read says which can', async (t) => {
  const { api, run } = await stage(t)
  const message = ['--target', '42', '--message-id', '42:7']
  t.match(await run('pin', ...message), { code: 0, stdout: /^Pinned message 42:7 in direct:42 over telegram\./ })
  t.match(await run('unpin', ...message), { code: 0, stdout: /^Unpinned/ })
  t.match(await api.called('pinChatMessage'), [{ chat_id: '42', message_id: 7 }])
  t.match(await api.called('unpinChatMessage'), [{ chat_id: '42', message_id: 7 }])
  t.match(await run('pins', '--target', '42'), { code: 0, stdout: /42:7 {2}Ada: the plan\n$/ })
  t.match(await run('pins', '--target', '43'), { code: 0, stdout: /^No message is pinned/ })
  t.match(await run('read', '--target', '42', '--limit', '5'), { code: 1, stderr: /Channels that do: discord, slack/ })
})

t.test('broadcast sends one message to several chats, and says where it could not', async (t) => {
  const { api, run } = await stage(t)
  const to = ['--targets', '42', '--targets', 'telegram:group:-100']
  const all = await run('broadcast', ...to, '--message', 'Closed on Monday', '--silent')
  t.match(all, { code: 0, stdout: /Sent to direct:42 over telegram[\s\S]*Sent to group:-100 over telegram/ })
  t.match(await api.called('sendMessage', 2), [{ chat_id: '42', disable_notification: true }, { chat_id: '-100' }])
  const some = await run('broadcast', '--targets', 'slack:channel:C1', '--targets', '42', '-m', 'x', '--json')
  t.equal(some.code, 1)
  t.match(JSON.parse(some.stdout), {
    ok: false,
    results: [
      { ok: false, error: /slack/ },
      { ok: true, to: 'direct:42' },
    ],
  })
  t.match(await run('broadcast', '--message', 'x'), { code: 2, stderr: /Give --targets/ })
  t.match(await run('broadcast', ...to), { code: 2, stderr: /--message/ })
  t.match(await run('broadcast', ...to, '-m', 'x', '--dry-run'), { code: 0, stdout: /^\[dry-run\] would send to 42/ })
})

t.test('send takes a file of this machine', async (t) => {
  const { api, run } = await stage(t)
  const file = join(t.testdir(), 'plan.pdf')
  writeFileSync(file, '%PDF-1.7 and so on')
  const sent = await run('send', '--target', '42', '--media', file, '--message', 'as promised')
  t.match(sent, { code: 0, stdout: /Sent to direct:42 over telegram/ })
  t.match(await api.called('sendDocument'), [{ caption: 'as promised', document: { name: 'plan.pdf', size: 18 } }])
  t.match(await run('send', '--target', '42', '--media', '/no/such/file'), {
    code: 2,
    stderr: /no file \/no\/such\/file/,
  })
  t.match(await run('send', '--target', '42'), { code: 2, stderr: /--message/ })
  t.match(await run('send', '--target', '42', '-m', 'x', '--as-voice'), { code: 2, stderr: /go with --media/ })
})

t.test('--dry-run does nothing; what is missing is named', async (t) => {
  const { api, run } = await stage(t)
  const message = ['--target', '42', '--message-id', '9']
  for (const argv of [
    ['react', ...message, '--emoji', 'x'],
    ['edit', ...message, '--message', 'x'],
    ['delete', ...message],
    ['poll', '--target', '42', '--poll-question', 'q', '--poll-option', 'a', '--poll-option', 'b'],
    ['send', '--target', '42', '--message', 'x'],
  ]) {
    t.match(await run(...argv, '--dry-run'), { code: 0, stdout: /^\[dry-run\]/ }, argv.join(' '))
    t.match(JSON.parse((await run(...argv, '--dry-run', '--json')).stdout), { ok: true, dryRun: true }, argv.join(' '))
  }
  t.match(await run('react', ...message), { code: 2, stderr: /--emoji/ })
  t.match(await run('delete', '--target', '42'), { code: 2, stderr: /--message-id/ })
  t.match(await run('edit', ...message), { code: 2, stderr: /--message/ })
  t.strictSame(
    api.calls.filter(({ method }) => /^(?:send|edit|deleteMessage|setMessage)/.test(method)),
    [],
  )
})
