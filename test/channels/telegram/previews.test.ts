import t from 'tap'
import { until } from '../../helper/calls.js'
import type { Body } from './server.js'
import { clock, piece, SlowAnswer, text } from './slow-answer.js'
import { stage } from './stage.js'

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('an answer grows in one message and ends in it', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(text(4)), clock })
  api.says('tell me')
  for (const number of [0, 1, 2]) {
    slow.more(1)
    await until(() => api.chat()[0]?.includes(`Piece ${number}`) === true)
    t.equal(api.chat().length, 1)
    t.notOk(api.chat()[0]?.includes(`Piece ${number + 1}`))
  }
  slow.more()
  await until(() => api.chat()[0] === text(4))
  t.equal(api.sent.length, 1)
  const edits = await api.called('editMessageText', 3)
  for (const edit of edits) t.ok(text(4).startsWith(edit.text), 'only what was said so far')
  t.match(edits[0], { chat_id: '42', parse_mode: 'HTML' })
})

t.test('an answer that is longer than a message goes on in further ones', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(text(250)), clock })
  api.says('tell me much')
  slow.more(2)
  await until(() => api.chat().length === 1)
  slow.more(120)
  await until(() => (api.chat()[0]?.length ?? 0) > 3_900)
  t.equal(api.chat().length, 1)
  slow.more()
  await until(() => api.chat().at(-1)?.includes('Piece 249') === true)
  t.equal(api.chat().length, 3)
  t.equal(api.chat().join('\n\n'), text(250))
  for (const { body } of api.calls) t.ok((body.text ?? '').length <= 4_000)
})

t.test('a flood limit holds changes back; the answer comes all the same', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(text(4)), clock })
  api.says('tell me')
  slow.more(1)
  await until(() => api.chat().length === 1)
  const flood = { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 2 } }
  api.fails('editMessageText', flood, { error_code: 502, description: 'Bad Gateway' })
  slow.more(1)
  await until(() => api.chat()[0]?.includes('Piece 1') === true)
  api.fails('editMessageText', { ...flood, parameters: { retry_after: 0 } })
  slow.more()
  await until(() => api.chat()[0] === text(4))
  t.equal(api.sent.length, 1)
})

t.test('markup that Telegram cannot read is shown as text', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(`**${text(2)}**`), clock })
  api.says('tell me')
  slow.more(1)
  await until(() => api.chat().length === 1)
  api.fails('editMessageText', { error_code: 400, description: "Bad Request: can't parse entities: x" })
  slow.more()
  await until(() => api.chat()[0] === `**${text(2)}**`)
  t.equal(api.sent.length, 1)
})

t.test('an answer that cannot be put into its preview is sent, and the preview goes', async (t) => {
  const refused = { error_code: 400, description: "Bad Request: message can't be edited" }
  for (const trouble of ['refused', 'deleted by the person']) {
    const slow = new SlowAnswer()
    const { api } = await stage(t, { script: slow.reply(text(2)), clock })
    api.says('tell me')
    slow.more(1)
    await until(() => api.chat().length === 1)
    if (trouble === 'refused') api.fails('editMessageText', refused, refused)
    else api.wipe()
    slow.more()
    await until(() => api.chat()[0] === text(2))
    t.strictSame(api.chat(), [text(2)], trouble)
    t.equal(api.sent.length, 2)
  }
})

t.test('a turn that fails, or is stopped, leaves no half answer behind', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, {
    script: slow.reply(text(3), { cutAfter: 3, errorEvent: { message: 'the model broke', type: 'server_error' } }),
    clock,
  })
  api.says('tell me')
  slow.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  slow.more()
  await until(() => api.chat()[0]?.startsWith('⚠️') === true)
  t.equal(api.chat().length, 1)
  const other = new SlowAnswer()
  const second = await stage(t, { script: other.reply(text(3)), clock })
  second.api.says('tell me')
  other.more(1)
  await until(() => second.api.chat()[0]?.includes('Piece 0') === true)
  second.api.says('/stop')
  await second.api.called('deleteMessage')
  await until(() => second.api.chat().length === 1)
  t.notMatch(second.api.chat(), [/Piece/])
})

t.test('what is for nobody is not shown, nor its beginning', async (t) => {
  const slow = new SlowAnswer()
  const { api, upstream } = await stage(t, {
    script: ({ body }) =>
      JSON.stringify(body.messages).includes('next') ? 'Here I am.' : slow.reply('NO_REPLY', { chunkSize: 2 }),
    clock,
  })
  api.says('nothing to say')
  await until(() => upstream.requests.length === 1)
  slow.more(3)
  await new Promise((resolve) => setTimeout(resolve, 300))
  slow.more()
  api.says('next')
  await until(() => api.chat().length === 1)
  t.strictSame(api.sent, ['Here I am.'])
})

t.test('off, whole paragraphs, or the tools that run: as the config says', async (t) => {
  const off = new SlowAnswer()
  const one = await stage(t, { script: off.reply(text(2)), telegram: { streamMode: 'off' }, clock })
  one.api.says('tell me')
  await until(() => one.upstream.requests.length === 1)
  off.more(1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.strictSame(one.api.chat(), [])
  off.more()
  await until(() => one.api.chat()[0] === text(2))
  t.equal(one.api.calls.filter(({ method }) => method === 'editMessageText').length, 0)

  const block = new SlowAnswer()
  const said = `${piece(0)}Half a paragraph that goes on and on and then it ends.`
  const two = await stage(t, { script: block.reply(said), telegram: { streaming: { mode: 'block' } }, clock })
  two.api.says('tell me')
  block.more(2)
  await until(() => two.api.chat().length === 1)
  t.equal(two.api.chat()[0], piece(0).trim())
  block.more()
  await until(() => two.api.chat()[0] === said)
  t.equal(two.api.sent.length, 1)

  const steps = new SlowAnswer()
  const call = { toolCalls: [{ id: 'c1', name: 'session_status', arguments: '{}' }] }
  const three = await stage(t, {
    script: ({ body }) => ((body.messages as Body[]).at(-1)?.role === 'tool' ? steps.reply(text(2)) : call),
    telegram: { streaming: 'progress' },
    clock,
  })
  three.api.says('how are you?')
  await until(() => three.api.chat()[0]?.includes('✓ <code>session_status</code>') === true)
  steps.more(1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.notMatch(three.api.chat()[0], /Piece/)
  steps.more()
  await until(() => three.api.chat()[0] === text(2))
  t.equal(three.api.sent.length, 1)
})

t.test('a preview quotes what its answer quotes', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(text(2)), telegram: { replyToMode: 'first' }, clock })
  const asked = api.says('tell me')
  slow.more(1)
  t.match((await api.called('sendMessage'))[0], { reply_parameters: { message_id: asked } })
  slow.more()
  await until(() => api.chat()[0] === text(2))
  t.equal(api.sent.length, 1)
})

t.test('an answer does not grow above an earlier one that has not gone out yet', async (t) => {
  const slow = new SlowAnswer()
  const { api, upstream } = await stage(t, {
    script: () => (upstream.requests.length === 1 ? 'short' : slow.reply(text(3))),
    more: { messages: { queue: { mode: 'followup', debounceMs: 0 } } },
    clock,
  })
  api.fails('sendMessage', { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 16 } })
  api.says('one')
  await until(() => api.attempts('sendMessage') > 0)
  api.says('two')
  slow.more(2)
  await until(() => api.chat().length === 2)
  t.match(api.chat(), ['short', /Piece 0/])
  slow.more()
  await until(() => api.chat()[1] === text(3))
  t.equal(api.sent.length, 2)
})
