import t from 'tap'
import { until } from '../../helper/calls.js'
import type { Body } from './server.js'
import { clock, piece, SlowAnswer, text } from './slow-answer.js'
import { stage } from './stage.js'

/** A block for each two pieces of a slow answer, said at once. */
const small = { blockStreamingChunk: { minChars: 70, maxChars: 90 }, blockStreamingCoalesce: { minChars: 1 } }
const two = (from: number) => (piece(from) + piece(from + 1)).trim()

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('an answer is said in blocks while it is written, with one prefix and one quote', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, {
    script: slow.reply(text(5)),
    telegram: { blockStreaming: true, replyToMode: 'first', responsePrefix: '[bot]' },
    agents: { defaults: small },
  })
  const id = api.says('tell me')
  slow.more(3)
  await until(() => api.sent.length === 1)
  t.strictSame(api.sent, [`[bot] ${two(0)}`])
  slow.more()
  await until(() => api.sent.length === 3)
  t.strictSame(api.sent, [`[bot] ${two(0)}`, two(2), piece(4).trim()])
  const sent = await api.called('sendMessage')
  t.strictSame(
    sent.map(({ reply_parameters: quote }) => quote?.message_id),
    [id, undefined, undefined],
  )
  t.equal(api.attempts('editMessageText'), 0, 'nothing grows')
})

t.test('blockStreamingDefault is enough on Telegram; a short answer stays one message', async (t) => {
  const { api } = await stage(t, { script: text(8), agents: { defaults: { ...small, blockStreamingDefault: 'on' } } })
  api.says('tell me')
  await until(() => api.sent.length === 4)
  const short = await stage(t, { script: 'hello', agents: { defaults: { ...small, blockStreamingDefault: 'on' } } })
  short.api.says('hi')
  await until(() => short.api.sent.length === 1)
  t.strictSame(short.api.sent, ['hello'])
})

t.test('small blocks are said when nothing comes for a while', async (t) => {
  const slow = new SlowAnswer()
  const coalesce = { blockStreamingCoalesce: { minChars: 4_000, idleMs: 800 } }
  const { api } = await stage(t, {
    script: slow.reply(text(4)),
    telegram: { blockStreaming: true },
    agents: { defaults: { ...small, ...coalesce } },
    clock,
  })
  api.says('tell me')
  slow.more(3)
  await until(() => api.sent.length === 1)
  t.strictSame(api.sent, [two(0)])
  slow.more()
  await until(() => api.sent.length === 2)
})

/** A model that says something, works, and then answers. */
function working(before: string, after: string) {
  return ({ body }: { readonly body: Body }) => {
    const worked = ((body.messages ?? []) as Body[]).some(({ role }) => role === 'tool')
    const call = { id: 'c1', name: 'exec', arguments: '{"command":"sleep 1"}' }
    return worked ? after : { text: before, toolCalls: [call] }
  }
}

t.test('what the model says before it works is read before that; message_end says it whole', async (t) => {
  for (const blockStreamingBreak of ['text_end', 'message_end']) {
    const { api } = await stage(t, {
      script: working(text(4), 'Done.') as never,
      telegram: { blockStreaming: true },
      agents: { defaults: { ...small, blockStreamingBreak } },
    })
    api.says('do it')
    await until(() => api.sent.includes('Done.'))
    const said = blockStreamingBreak === 'text_end' ? [two(0), two(2), 'Done.'] : [text(4), 'Done.']
    t.strictSame(api.sent, said, blockStreamingBreak)
  }
})

t.test('a turn that fails leaves what it has said, and says that it failed', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, {
    script: slow.reply(text(5), { cutAfter: 5 }),
    telegram: { blockStreaming: true },
    agents: { defaults: small },
  })
  api.says('tell me')
  slow.more()
  await until(() => api.sent.some((said) => said.startsWith('⚠️')))
  t.equal(api.sent[0], two(0))
})

t.test('pauses between blocks; the answer of the next message waits for all of them', async (t) => {
  const { api } = await stage(t, {
    script: ({ body }) => (JSON.stringify(body).includes('second') ? 'to the second' : text(6)),
    telegram: { blockStreaming: true },
    agents: { defaults: { ...small, humanDelay: { mode: 'custom', minMs: 300, maxMs: 400 } } },
    more: { messages: { inbound: { debounceMs: 0 }, queue: { mode: 'followup' } } },
  })
  api.says('first')
  await until(() => api.sent.length === 1)
  api.says('second')
  await until(() => api.sent.includes('to the second'))
  t.strictSame(api.sent, [two(0), two(2), two(4), 'to the second'])
})

t.test('killed while it is said: the next start says the answer once, behind what was read before', async (t) => {
  const answers = [new SlowAnswer(), new SlowAnswer()]
  const { api, upstream, gateway, snapshot } = await stage(t, {
    script: () => answers[upstream.requests.length - 1]?.reply(text(4)) ?? 'too many',
    telegram: { blockStreaming: true },
    agents: { defaults: small },
    clock,
  })
  api.says('tell me')
  answers[0]?.more(3)
  await until(() => api.sent.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const next = snapshot()
  await gateway.close()
  t.strictSame(api.sent, [two(0)])
  await next()
  await until(() => upstream.requests.length === 2)
  answers[1]?.more()
  await until(() => api.sent.length === 3)
  t.strictSame(api.sent, [two(0), two(0), two(2)])
})
