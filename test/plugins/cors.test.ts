import t from 'tap'
import { TOKEN } from '../auth/_support.js'
import { buildApp } from './auth/_app.js'

const pad = 'https://pad.example.com'
const preflight = (origin: string, url = '/write') =>
  ({
    method: 'OPTIONS',
    url,
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, x-stainless-os',
      'access-control-request-private-network': 'true',
    },
  }) as const

t.test('off by default: not one CORS header, preflight is a wrong method', async (t) => {
  const { app } = await buildApp(t, { mode: 'token', token: TOKEN })
  const answer = await app.inject(preflight(pad))
  t.equal(answer.statusCode, 405)
  t.equal(answer.headers.allow, 'POST')
  const served = await app.inject({ url: '/me', headers: { origin: pad, authorization: `Bearer ${TOKEN}` } })
  t.equal(served.statusCode, 200, 'in token mode a foreign page with the token is a client like any other')
  for (const { headers } of [answer, served]) {
    t.same(
      Object.keys(headers).filter((name) => name.startsWith('access-control-') || name === 'vary'),
      [],
    )
  }
})

t.test('a listed origin', async (t) => {
  const { app } = await buildApp(t, { mode: 'token', token: TOKEN, corsOrigins: [pad] })
  const answer = await app.inject(preflight(pad))
  t.equal(answer.statusCode, 204)
  t.match(answer.headers, {
    'access-control-allow-origin': pad,
    'access-control-allow-methods': /\bPOST\b/,
    'access-control-allow-headers': 'authorization, x-stainless-os',
    'access-control-allow-private-network': 'true',
    vary: /Origin/,
    'x-content-type-options': 'nosniff',
  })
  t.equal(answer.headers['access-control-allow-credentials'], undefined, 'no cookies, ever')
  const refused = await app.inject({ url: '/me', headers: { origin: pad } })
  t.equal(refused.statusCode, 401)
  t.equal(refused.headers['access-control-allow-origin'], pad, 'the page can read why')
  for (const header of ['x-request-id', 'x-should-retry', 'retry-after', 'x-openclaw-session-key']) {
    t.match(refused.headers['access-control-expose-headers'], header, 'SDKs in a page decide by it')
  }
  const plain = await app.inject({ method: 'OPTIONS', url: '/write', headers: { origin: pad } })
  t.equal(plain.statusCode, 405, 'OPTIONS that is no preflight')
})

t.test('everybody else', async (t) => {
  const { app } = await buildApp(t, { mode: 'none', corsOrigins: [pad] })
  for (const origin of [
    'https://evil.example',
    'null',
    `${pad}.evil`,
    'http://pad.example.com',
    `${pad}:444`,
    `${pad}, ${pad}`,
    '',
  ]) {
    const answer = await app.inject(preflight(origin))
    t.equal(answer.statusCode, 405, origin)
    t.equal(answer.headers['access-control-allow-origin'], undefined, origin)
    t.equal(answer.headers.vary, 'Origin', 'caches keep them apart')
  }
  const headers = { host: 'localhost:18789', origin: pad }
  t.equal((await app.inject({ url: '/me', headers })).statusCode, 200, 'listed for CORS is listed for mode none')
})

t.test('star admits web origins, and the list is read anew at each request', async (t) => {
  const { app, use } = await buildApp(t, { mode: 'token', token: TOKEN, corsOrigins: ['*'] })
  t.equal((await app.inject(preflight('https://any.example'))).statusCode, 204)
  t.equal((await app.inject(preflight('null'))).statusCode, 405)
  use({ mode: 'none', corsOrigins: ['*'] })
  const page = { host: 'localhost:18789', origin: 'https://any.example' }
  t.equal((await app.inject({ url: '/me', headers: page })).statusCode, 403, 'a star makes nobody an operator')
  use({ mode: 'token', token: TOKEN })
  t.equal((await app.inject(preflight('https://any.example'))).statusCode, 405)
})
