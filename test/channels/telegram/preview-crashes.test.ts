import t from 'tap'
import { until } from '../../helper/calls.js'
import { clock, SlowAnswer, text } from './slow-answer.js'
import { stage } from './stage.js'

/** What a platform has just answered is on disk a moment later. */
const noted = () => new Promise((resolve) => setTimeout(resolve, 200))

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('killed while an answer grows: the next start ends it in the same message', async (t) => {
  const answers = [new SlowAnswer(), new SlowAnswer()]
  const { api, upstream, gateway, snapshot } = await stage(t, {
    script: () => answers[upstream.requests.length - 1]?.reply(text(3)) ?? 'too many',
    clock,
  })
  api.says('tell me')
  answers[0]?.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  await noted()
  const next = snapshot()
  await gateway.close()
  t.match(api.chat(), [/Piece 0/], 'what was shown stays until the next start')
  await next()
  await until(() => upstream.requests.length === 2)
  answers[1]?.more()
  await until(() => api.chat()[0] === text(3))
  t.equal(api.chat().length, 1)
  t.equal(api.sent.length, 1)
})

t.test('the same over an orderly restart', async (t) => {
  const answers = [new SlowAnswer(), new SlowAnswer()]
  const { api, upstream, gateway, start } = await stage(t, {
    script: () => answers[upstream.requests.length - 1]?.reply(text(3)) ?? 'too many',
    clock,
  })
  api.says('tell me')
  answers[0]?.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  await gateway.close()
  await start()
  await until(() => upstream.requests.length === 2)
  answers[1]?.more()
  await until(() => api.chat()[0] === text(3))
  t.equal(api.sent.length, 1)
})

t.test('a stop does not wait for a change that Telegram does not answer', { timeout: 15_000 }, async (t) => {
  const answers = [new SlowAnswer(), new SlowAnswer()]
  const { api, upstream, gateway, start } = await stage(t, {
    script: () => answers[upstream.requests.length - 1]?.reply(text(3)) ?? 'too many',
    clock,
  })
  api.says('tell me')
  answers[0]?.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  api.fails('editMessageText', 'silence')
  answers[0]?.more(1)
  await until(() => api.attempts('editMessageText') > 0)
  await gateway.close()
  await start()
  await until(() => upstream.requests.length === 2)
  answers[1]?.more()
  await until(() => api.chat()[0] === text(3))
  t.equal(api.sent.length, 1)
})

t.test('killed when the answer had been put in and that was not noted: it is there once', async (t) => {
  // The second stays silent: its answer must not be counted.
  const answers = [new SlowAnswer(), new SlowAnswer()]
  const { api, upstream, gateway, snapshot } = await stage(t, {
    script: () => answers[upstream.requests.length - 1]?.reply(text(3)) ?? 'too many',
    clock,
  })
  api.says('tell me')
  answers[0]?.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  let next: ReturnType<typeof snapshot> | undefined
  api.onCall = ({ method, body }) => {
    if (method === 'editMessageText' && body.text === text(3)) next ??= snapshot()
  }
  answers[0]?.more()
  await until(() => next !== undefined)
  await gateway.close()
  const before = api.calls.length
  await next?.()
  await until(() => api.calls.slice(before).some(({ method }) => method === 'editMessageText'))
  t.strictSame(api.chat(), [text(3)])
  api.says('and now?')
  await until(() => upstream.requests.length === 2)
  t.equal(api.sent.length, 1, 'nothing was sent again')
})

t.test('killed when the answer was written down and nothing of it had gone out: it is not lost', async (t) => {
  const slow = new SlowAnswer()
  const { api, gateway, snapshot } = await stage(t, { script: slow.reply(text(250)), clock })
  api.says('tell me')
  slow.more(1)
  await until(() => api.chat()[0]?.includes('Piece 0') === true)
  api.fails('editMessageText', ...Array.from({ length: 500 }, () => ({ error_code: 502, description: 'Bad Gateway' })))
  slow.more()
  await noted()
  const next = snapshot()
  await gateway.close()
  api.clear('editMessageText')
  await next()
  await until(() => api.chat().at(-1)?.includes('Piece 249') === true)
  t.equal(api.chat().join('\n\n'), text(250))
})

t.test('killed three times over one message: it is put aside, and the half answer goes', async (t) => {
  const slow = new SlowAnswer()
  const { api, upstream, gateway, snapshot } = await stage(t, { script: slow.reply(text(3)), clock })
  api.says('tell me')
  slow.more(1)
  let running = gateway
  for (const start of [1, 2, 3]) {
    await until(() => upstream.requests.length === start && api.chat().length === 1)
    await noted()
    const next = snapshot()
    await running.close()
    running = await next()
  }
  await api.called('deleteMessage')
  t.strictSame(api.chat(), [])
})
