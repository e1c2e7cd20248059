import t from 'tap'
import { postChat } from '../../helper/calls.js'
import { isSummary, long, longTalk, saidIn, textIn } from '../../helper/long-talk.js'
import type { Body } from '../../helper/upstream-wire.js'

const summaryHead = 'user: Summary of the conversation so far.'

t.test('a conversation that grows too long is summed up, and later turns start from the summary', async (t) => {
  const talk = await longTalk(t)
  const turn = await talk.untilSummary()
  const [first] = talk.summaries()
  const text = textIn(first, 1)
  t.match(text, /\[User\] turn-1 .*\[Assistant\] answer/s)
  t.notMatch(text, `turn-${turn}`, 'the newest message is not summed up')
  const last = saidIn(talk.turns().at(-1))
  t.match(last[0], summaryHead)
  t.match(last[0], /SUMMARY$/)
  t.ok(last.at(-1)?.startsWith(`user: turn-${turn}`))
  t.notOk(last.some((said) => said.startsWith('user: turn-1 ')))

  await talk.say('six')
  const next = saidIn(talk.turns().at(-1))
  t.strictSame(next.slice(0, last.length), last, 'the next turn starts from the same summary')
  t.strictSame(next.slice(last.length), ['assistant: answer', 'user: six'])
})

t.test('what the model counts says more than an estimate', async (t) => {
  const heavy = { text: 'answer', usage: { input: 5_500, output: 10 } }
  const talk = await longTalk(t, { answer: () => heavy })
  for (let turn = 1; turn <= 12; turn += 1) await talk.say(long(`turn-${turn}`, 150))
  t.ok(talk.summaries().length > 0, 'short words, but the model says that its window is nearly full')
})

t.test('the window that the config allows counts, not only the model’s', async (t) => {
  const talk = await longTalk(t, { window: 200_000, defaults: { contextTokens: 6_000 } })
  t.ok((await talk.untilSummary()) < 10)
})

t.test('the model’s word that it is too much: summed up, asked once more, and nobody else is asked', async (t) => {
  const refused = { status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } }
  let refuse = false
  const talk = await longTalk(t, {
    window: undefined,
    answer: ({ body }) => {
      const text = JSON.stringify(body.messages)
      return refuse && !text.includes('SUMMARY') ? refused : 'answer'
    },
    defaults: {
      model: { primary: 'upstream/one', fallbacks: ['upstream/other'] },
      compaction: { keepRecentTokens: 100 },
    },
  })
  for (const name of ['one', 'two', 'three']) await talk.say(long(name, 200))
  refuse = true
  t.equal(await talk.say('four'), 'answer')
  t.equal(talk.summaries().length, 1)
  t.notOk(talk.upstream.requests.some(({ body }) => body.model === 'other'))
})

t.test('the call is repeated once; a prompt that is too long all the same is the caller’s error', async (t) => {
  const refused = { status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } }
  let refuse = false
  const talk = await longTalk(t, {
    window: undefined,
    answer: () => (refuse ? refused : 'answer'),
    defaults: { compaction: { keepRecentTokens: 100 } },
  })
  for (const name of ['one', 'two', 'three']) await talk.say(long(name, 200))
  refuse = true
  const before = talk.turns().length
  const response = await postChat(talk.gateway, { user: 'dev', messages: [{ role: 'user', content: 'four' }] })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { code: 'context_length_exceeded' } })
  t.equal(talk.turns().length - before, 2)
})

t.test('without a session nothing is summed up: the caller hears that it is too long', async (t) => {
  const refused = { status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } }
  const talk = await longTalk(t, { answer: () => refused })
  const messages = ['one', 'two', 'three'].flatMap((name) => [
    { role: 'user', content: long(name, 2_000) },
    { role: 'assistant', content: 'answer' },
  ])
  const response = await postChat(talk.gateway, { messages: [...messages, { role: 'user', content: 'four' }] })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { code: 'context_length_exceeded', param: 'messages' } })
  t.equal(talk.summaries().length, 0)
})

t.test('a summary that fails leaves the conversation as it is, and the turn goes on', async (t) => {
  const talk = await longTalk(t, { summary: () => ({ status: 400 }) })
  const turn = await talk.untilSummary()
  await talk.say('and now?')
  t.equal(talk.summaries().length, 1, 'and is not tried again with every turn')
  const last = saidIn(talk.turns().at(-1))
  t.match(last[0], /^user: turn-1 /)
  t.equal(last.length, 2 * turn + 1)
})

t.test('a caller that sends its whole history is recognised also after a summary', async (t) => {
  const talk = await longTalk(t)
  const history: Body[] = []
  let turn = 0
  const goOn = async () => {
    turn += 1
    history.push({ role: 'user', content: long(`turn-${turn}`, 700) })
    await postChat(talk.gateway, { user: 'dev', messages: history })
    history.push({ role: 'assistant', content: 'answer' })
  }
  while (talk.summaries().length === 0 && turn < 20) await goOn()
  await goOn()
  const last = saidIn(talk.turns().at(-1))
  t.match(last[0], summaryHead)
  t.equal(last.filter((said) => said.startsWith(`user: turn-${turn} `)).length, 1)
  t.notOk(last.some((said) => said.startsWith('user: turn-1 ')))
})

t.test('the next summary brings the last one up to date', async (t) => {
  let number = 0
  const talk = await longTalk(t, { summary: () => `SUMMARY ${++number}` })
  for (let turn = 1; turn <= 12; turn += 1) await talk.say(long(`turn-${turn}`, 600))
  t.ok(number > 1)
  const second = textIn(talk.summaries()[1], 1)
  t.match(second, /<summary-so-far>\nSUMMARY 1\n<\/summary-so-far>/)
  t.notMatch(second, /\[User\] turn-1 /, 'what was summed up is not summed up again')
  t.match(saidIn(talk.turns().at(-1))[0], new RegExp(`SUMMARY ${number}$`))
})

t.test('another model sums up where the config names one', async (t) => {
  const talk = await longTalk(t, {
    defaults: { compaction: { model: 'upstream/small', customInstructions: 'Keep the dates.' } },
  })
  await talk.untilSummary()
  const [request] = talk.upstream.requests.filter(isSummary)
  t.equal(request?.body.model, 'small')
  t.match(textIn(request, 0), 'Keep the dates.')
  t.notOk(talk.turns().some(({ body }) => body.model === 'small'))
})
