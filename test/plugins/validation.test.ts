import t from 'tap'
import { bearer, build } from '../helper/gateway.js'

const user = { role: 'user', content: 'hi' }

const rows: [body: object, message: string][] = [
  [{ messages: [] }, '`messages` must hold at least 1 item.'],
  [
    { messages: [user], tools: Array(257).fill({ type: 'function', function: { name: 'f' } }) },
    '`tools` must hold at most 256 items.',
  ],
  [{ messages: [user], stop: '' }, '`stop` must hold at least 1 character.'],
  [{ messages: [user], temperature: 2.5 }, '`temperature` must be at most 2.'],
  [{ messages: [user], frequency_penalty: -3 }, '`frequency_penalty` must be at least -2.'],
]

t.test('a limit that is broken is told calmly', async (t) => {
  const app = await build(t)
  for (const [payload, message] of rows) {
    const answer = await app.inject({ method: 'POST', url: '/v1/chat/completions', headers: bearer, payload })
    t.match(answer.json(), { error: { message } })
    t.equal(answer.statusCode, 400)
  }
})

t.test('a header of the wrong form names the form', async (t) => {
  const app = await build(t)
  const headers = { ...bearer, 'x-openclaw-message-channel': 'Not A Channel' }
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/chat/completions',
    headers,
    payload: { messages: [user] },
  })
  t.match(answer.json(), { error: { message: /must match \^\[a-z0-9_-\]\{1,64\}\$\.$/ } })
})
