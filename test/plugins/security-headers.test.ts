import t from 'tap'
import { TOKEN } from '../auth/_support.js'
import { buildApp } from './auth/_app.js'

t.test('every answer has them, errors and unknown URLs included', async (t) => {
  const { app, use } = await buildApp(t, { mode: 'token', token: TOKEN })
  for (const [url, status] of [
    ['/probe', 200],
    ['/me', 401],
    ['/nowhere', 404],
    ['/write', 405],
  ] as const) {
    const answer = await app.inject({ url })
    t.equal(answer.statusCode, status)
    t.match(answer.headers, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': 'camera=(), microphone=(self), geolocation=()',
    })
    t.equal(answer.headers['strict-transport-security'], undefined, url)
  }
  use({ mode: 'token', token: TOKEN, strictTransportSecurity: 'max-age=31536000' })
  t.equal((await app.inject({ url: '/me' })).headers['strict-transport-security'], 'max-age=31536000')
})
