import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { type Body, stageOf } from '../_stage.js'
import { SlowAnswer, text } from '../telegram/slow-answer.js'
import { SlackServer } from './server.js'

async function stage(t: Test, slow: SlowAnswer, more: Body = {}) {
  const api = await new SlackServer().start(t)
  const own = { botToken: api.botToken, appToken: api.appToken, apiRoot: `${api.root}/api` }
  const keys = { ...own, streaming: 'partial', ...more }
  const { state } = await stageOf(t, { channel: 'slack', keys, script: slow.reply(text(3)) })
  await until(async () => (await state()).connected === true)
  return api
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('an answer grows in one message when the config asks for it, and ends in it', async (t) => {
  const slow = new SlowAnswer()
  const api = await stage(t, slow)
  api.says('tell me')
  slow.more(1)
  const [first] = await api.called('chat.postMessage')
  t.match(first, { channel: 'DADA00001', text: /^Piece 0/ })
  t.notMatch(first?.text, /Piece 1/)
  slow.more(1)
  await until(async () => (await api.called('chat.update')).at(-1)?.text.includes('Piece 1'))
  slow.more()
  await until(async () => (await api.called('chat.update')).at(-1)?.text === text(3))
  const edits = await api.called('chat.update')
  for (const edit of edits) {
    t.match(edit, { channel: 'DADA00001', ts: edits[0]?.ts })
    t.ok(text(3).startsWith(edit.text), 'only what was said so far')
  }
  t.equal(api.sent.length, 1, 'nothing is sent beside it')
})

t.test('in a thread it grows there; without a word in the config the answer comes when it is complete', async (t) => {
  const slow = new SlowAnswer()
  const rooms = { groupPolicy: 'open', channels: { C00000001: {} }, requireMention: false }
  const api = await stage(t, slow, rooms)
  api.saysIn('C00000001', 'in the thread', { thread_ts: '1780000000.000100' })
  slow.more(1)
  t.match(await api.called('chat.postMessage'), [{ channel: 'C00000001', thread_ts: '1780000000.000100' }])
  slow.more()
  await until(async () => (await api.called('chat.update')).at(-1)?.text === text(3))

  const all = new SlowAnswer()
  const plain = await stage(t, all, { streaming: undefined })
  plain.says('tell me')
  all.more()
  t.match(await plain.called('chat.postMessage'), [{ text: text(3) }])
  t.equal(plain.calls.filter(({ method }) => method === 'chat.update').length, 0)
})

t.test('an answer that Slack does not let stand in its preview is sent, and the preview goes', async (t) => {
  const slow = new SlowAnswer()
  const api = await stage(t, slow)
  api.says('tell me')
  slow.more(1)
  await api.called('chat.postMessage')
  const refused = { status: 200, body: { ok: false, error: 'cant_update_message' } }
  api.fails('chat.update', refused, refused, refused)
  slow.more()
  await until(() => api.sent.length === 2)
  t.equal(api.sent[1], text(3))
  t.equal((await api.called('chat.delete')).length, 1)
})

t.test('changes that come too fast for Slack wait as long as it asks', async (t) => {
  const slow = new SlowAnswer()
  const api = await stage(t, slow)
  api.says('tell me')
  slow.more(1)
  await api.called('chat.postMessage')
  api.fails('chat.update', { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } })
  slow.more(1)
  await api.called('chat.update')
  slow.more()
  await until(async () => (await api.called('chat.update')).at(-1)?.text === text(3))
  t.equal(api.sent.length, 1)
})
