import t from 'tap'
import { type Clock, systemClock } from '../../../src/kernel/clock.js'
import { until } from '../../helper/calls.js'
import { SlowAnswer } from './slow-answer.js'
import { asked, type StageOptions, stage } from './stage.js'

/** The wait for more messages ends when the test says so; all other time goes on by itself. */
class Hold implements Clock {
  readonly #held = new Set<() => void>()
  now = () => systemClock.now()
  monotonic = () => systemClock.monotonic()

  after(ms: number, run: () => void): () => void {
    if (ms < 6_500 || ms > 7_500) return systemClock.after(ms, run)
    this.#held.add(run)
    return () => this.#held.delete(run)
  }

  async over(): Promise<void> {
    await until(() => this.#held.size > 0)
    for (const run of [...this.#held]) {
      this.#held.delete(run)
      run()
    }
  }
}

async function held(t: Parameters<typeof stage>[0], options: StageOptions = {}) {
  const clock = new Hold()
  const more = { messages: { inbound: { debounceMs: 7_000 } }, ...options.more }
  const staged = await stage(t, { ...options, clock, more })
  await staged.api.called('setMyCommands')
  /** Telegram was told that they are taken: they are on disk. */
  const taken = () => until(() => staged.api.waiting.length === 0)
  return { ...staged, clock, taken }
}

const group = { chat: { id: -100, type: 'supergroup', title: 'G' } }
const bob = { from: { id: 7, first_name: 'Bob' } }

t.test('texts of one person that follow each other closely are one turn, which answers the newest', async (t) => {
  const { api, upstream, clock, taken } = await held(t, { telegram: { replyToMode: 'first' } })
  api.says('hello')
  api.says('one more thing')
  const newest = api.says('and that is all')
  await taken()
  t.equal(upstream.requests.length, 0)
  await clock.over()
  const [sent] = await api.called('sendMessage')
  t.match(sent, { text: 'hello from the model', reply_parameters: { message_id: newest } })
  t.strictSame(asked(upstream.requests), ['hello\none more thing\nand that is all'])
  api.says('later')
  await clock.over()
  await until(() => upstream.requests.length === 2)
  t.equal(asked(upstream.requests)[1], 'later')
})

t.test('a file and a command wait for nothing; what was said before them goes first', async (t) => {
  const { api, upstream } = await held(t)
  api.files.set('f1', Buffer.from('some words'))
  api.says('look at this')
  api.says('', { text: undefined, caption: 'here', document: { file_id: 'f1', file_name: 'a.txt' } })
  await until(() => upstream.requests.length === 2)
  t.match(asked(upstream.requests), ['look at this', /a\.txt.*\nhere/])
  api.says('one question')
  api.says('/whoami')
  await until(() => upstream.requests.length === 3)
  t.equal(asked(upstream.requests)[2], 'one question')
  await until(() => api.chat().some((text) => text.includes('agent:main:main')))
})

t.test('in a group the messages of several people stay apart and in order', async (t) => {
  const open = { groupPolicy: 'open', groups: { '-100': { requireMention: false } } }
  const { api, upstream, clock, taken } = await held(t, {
    telegram: open,
    more: { messages: { inbound: { debounceMs: 7_000 }, queue: { mode: 'followup' } } },
  })
  api.says('first', group)
  api.says('second', group)
  api.says('I am Bob', { ...group, ...bob })
  await until(() => upstream.requests.length === 1)
  await taken()
  await clock.over()
  await until(() => upstream.requests.length === 2)
  t.match(asked(upstream.requests), ['Ada: first\nsecond', 'Bob: I am Bob'])
})

t.test('a burst whose first message names the bot counts as one that does', async (t) => {
  const messages = { inbound: { debounceMs: 7_000 }, ackReaction: '👀', ackReactionScope: 'group-mentions' }
  const telegram = { groupPolicy: 'open', groups: { '-100': { requireMention: false } } }
  const { api, upstream, clock, taken } = await held(t, { telegram, more: { messages } })
  api.says('@test_bot hello', { ...group, entities: [{ type: 'mention', offset: 0, length: 9 }] })
  api.says('and more', group)
  await taken()
  await clock.over()
  await until(() => upstream.requests.length === 1)
  t.match(await api.called('setMessageReaction'), [{ reaction: [{ emoji: '👀' }] }])
})

t.test('twelve messages are enough for one turn', async (t) => {
  const { api, upstream } = await held(t)
  for (let number = 1; number <= 13; number += 1) api.says(`line ${number}`)
  await until(() => upstream.requests.length === 1)
  const [text = ''] = asked(upstream.requests)
  t.strictSame(
    text.split('\n'),
    Array.from({ length: 12 }, (_, index) => `line ${index + 1}`),
  )
})

t.test('killed while messages wait: the next start answers them, together', async (t) => {
  const { api, upstream, clock, taken, snapshot, gateway } = await held(t)
  api.says('hello')
  api.says('world')
  await taken()
  const next = snapshot()
  await gateway.close()
  await next()
  await clock.over()
  await until(() => upstream.requests.length === 1)
  t.strictSame(asked(upstream.requests), ['hello\nworld'])
  await until(() => api.chat().length === 1)
})

t.test('killed in the turn that answers a burst: the next start answers all of it with one turn', async (t) => {
  const slow = new SlowAnswer()
  const { api, upstream, clock, snapshot, taken, gateway } = await held(t, {
    script: () => (upstream.requests.length === 1 ? slow.reply('never said') : 'to all of it'),
  })
  api.says('hello')
  api.says('world')
  await taken()
  await clock.over()
  await until(() => upstream.requests.length === 1)
  const next = snapshot()
  // Its end would wait for the turn.
  api.says('/stop')
  await until(() => api.chat().length === 1)
  await gateway.close()
  await next()
  await until(() => api.chat().includes('to all of it'))
  t.equal(api.chat().length, 2)
  t.equal(upstream.requests.length, 2)
  t.match(JSON.stringify(upstream.requests[1]?.body), /hello\\\\?nworld/)
})

t.test('what an app has cut of a long text comes in one turn, without a word in the config', async (t) => {
  const { api, upstream } = await stage(t, { more: { messages: { inbound: {} } } })
  const long = 'x'.repeat(4_096)
  api.says(long)
  api.says('the rest')
  await until(() => upstream.requests.length > 0)
  t.strictSame(asked(upstream.requests), [`${long}\nthe rest`])
})

t.test('debounceMs of the account, of the channel, of all: 0 answers at once', async (t) => {
  for (const [telegram, inbound] of [
    [{ debounceMs: 0 }, { debounceMs: 7_000 }],
    [{}, { debounceMs: 7_000, byChannel: { telegram: 0 } }],
    [{ accounts: { default: { debounceMs: 0 } } }, { debounceMs: 7_000, byChannel: { telegram: 7_000 } }],
  ]) {
    const { api, upstream } = await held(t, { telegram: telegram ?? {}, more: { messages: { inbound } } })
    api.says('now')
    await until(() => upstream.requests.length === 1)
    t.strictSame(asked(upstream.requests), ['now'])
  }
})
