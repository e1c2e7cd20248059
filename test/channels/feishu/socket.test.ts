import { getEventListeners } from 'node:events'
import t from 'tap'
import { followEvents } from '../../../src/channels/feishu/socket.js'
import { serveWeb } from '../../helper/web.js'

t.test('a long connection that is refused says why, and leaves nothing on the signal of its channel', async (t) => {
  const { port } = await serveWeb(t, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ code: 1000040345, msg: 'app secret invalid', data: {} }))
  })
  const { signal } = new AbortController()
  for (let tries = 0; tries < 3; tries += 1) {
    const root = `http://127.0.0.1:${port}`
    await t.rejects(
      followEvents({
        root,
        appId: 'cli_0123456789abcdef',
        appSecret: 'wrong',
        signal,
        opened() {},
        take: async () => {},
      }),
      { message: /app secret invalid/ },
    )
  }
  t.equal(getEventListeners(signal, 'abort').length, 0)
})
