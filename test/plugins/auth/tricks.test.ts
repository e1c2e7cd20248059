import t from 'tap'
import { PASSWORD, TOKEN } from '../../auth/_support.js'
import { buildApp, get, listen, type RawAnswer, sendRaw } from './_app.js'
import { ADMIN, tricks } from './_tricks.js'

/**
 * Every trick through a real socket with raw bytes, in every situation, in front of and behind the honest headers. It
 * may be refused or change nothing; it may never give more than the request without it.
 */
const PROXY = '127.0.0.3'
const STRANGER = '127.0.0.1'
const NICK = 'nick@example.com'
const host = 'Host: localhost'

const proxyMode = {
  mode: 'trusted-proxy',
  password: PASSWORD,
  trustedProxies: [PROXY],
  trustedProxy: { userHeader: 'X-Forwarded-User', allowLoopback: true, allowUsers: [NICK, ADMIN] },
  rateLimit: { maxAttempts: 1_000 },
} as const

const tokenMode = { mode: 'token', token: TOKEN, trustedProxies: [PROXY], rateLimit: { maxAttempts: 1_000 } } as const

/** Sends a trick in front of and behind the honest lines. */
async function both(port: number, honest: string[], lines: readonly string[], from: string): Promise<RawAnswer[]> {
  return Promise.all([get(port, [...lines, ...honest], from), get(port, [...honest, ...lines], from)])
}

const served = (answer: RawAnswer) => answer.statuses.includes(200)

t.test('there are enough of them', async (t) => {
  t.ok(tricks.length >= 60, `${tricks.length} tricks`)
  t.equal(new Set(tricks.map(([name]) => name)).size, tricks.length)
})

t.test('token mode, no secret: never in', async (t) => {
  const { app } = await buildApp(t, tokenMode)
  const port = await listen(app)
  t.equal((await get(port, [host])).status, 401)
  for (const [name, lines] of tricks) {
    for (const from of [STRANGER, PROXY]) {
      for (const answer of await both(port, [host], lines, from)) t.notOk(served(answer), `${name} from ${from}`)
    }
  }
})

t.test('token mode, right secret: nobody else, nowhere else, no more scopes', async (t) => {
  const { app } = await buildApp(t, tokenMode)
  const port = await listen(app)
  const honest = [host, `Authorization: Bearer ${TOKEN}`]
  const plain = JSON.parse((await get(port, honest)).body)
  let same = 0
  for (const [name, lines] of tricks) {
    for (const answer of await both(port, honest, lines, STRANGER)) {
      if (answer.status === 200) same++
      if (answer.status === 200) t.same(JSON.parse(answer.body), plain, name)
      else t.ok(answer.status === 0 || answer.status >= 400, `${name}: ${answer.status}`)
      t.notOk(answer.statuses.slice(1).includes(200), `${name}: nothing smuggled`)
    }
  }
  t.ok(same >= 20, `${same} were harmless and served`)
})

t.test('trusted-proxy mode, not from the proxy: never in', async (t) => {
  const { app } = await buildApp(t, proxyMode)
  const port = await listen(app)
  t.equal((await get(port, [host])).status, 401)
  for (const [name, lines] of tricks) {
    for (const answer of await both(port, [host], lines, STRANGER)) t.notOk(served(answer), name)
  }
})

t.test('trusted-proxy mode, beside what the proxy says: nobody else', async (t) => {
  const { app } = await buildApp(t, proxyMode)
  const port = await listen(app)
  const honest = [host, 'X-Forwarded-For: 203.0.113.9', `X-Forwarded-User: ${NICK}`]
  const plain = JSON.parse((await get(port, honest, PROXY)).body)
  t.match(plain, { user: NICK, clientIp: '203.0.113.9', method: 'trusted-proxy' })
  let same = 0
  for (const [name, lines] of tricks) {
    for (const answer of await both(port, honest, lines, PROXY)) {
      t.notOk(answer.statuses.slice(1).includes(200), `${name}: nothing smuggled`)
      if (answer.status !== 200) continue
      same++
      const identity = JSON.parse(answer.body)
      t.match(identity, { user: NICK, clientIp: '203.0.113.9' }, name)
      for (const scope of identity.scopes) t.ok(plain.scopes.includes(scope), `${name} ${scope}`)
    }
  }
  t.ok(same >= 20, `${same} were harmless and served`)
})

t.test(
  'trusted-proxy mode, the proxy names nobody and lets the header of a stranger through: only listed names',
  async (t) => {
    const { app } = await buildApp(t, { ...proxyMode, trustedProxy: { ...proxyMode.trustedProxy, allowUsers: [NICK] } })
    const port = await listen(app)
    const honest = [host, 'X-Forwarded-For: 203.0.113.9']
    t.equal((await get(port, honest, PROXY)).status, 401)
    for (const [name, lines] of tricks) {
      for (const answer of await both(port, honest, lines, PROXY)) t.notOk(served(answer), name)
    }
  },
)

t.test('mode none with narrowed scopes: never wider', async (t) => {
  const { app } = await buildApp(t, { mode: 'none', trustedProxies: [PROXY] })
  const port = await listen(app)
  const honest = [host, 'X-OpenClaw-Scopes: operator.read']
  t.same(JSON.parse((await get(port, honest)).body).scopes, ['operator.read'])
  for (const [name, lines] of tricks) {
    for (const answer of await both(port, honest, lines, STRANGER)) {
      t.notOk(answer.statuses.slice(1).includes(200), `${name}: nothing smuggled`)
      if (answer.status === 200) t.same(JSON.parse(answer.body).scopes, ['operator.read'], name)
    }
  }
})

t.test('DNS rebinding: a page whose name points here is refused by its Host', async (t) => {
  const { app } = await buildApp(t, { mode: 'none', trustedProxies: [PROXY] })
  const port = await listen(app)
  for (const name of [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '',
    ' ',
    'localhost@evil.example',
    'evil.example#localhost',
  ]) {
    const answer = await get(port, [`Host: ${name}`])
    t.notOk(served(answer), name)
  }
  for (const name of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'my-box.local', '10.1.2.3']) {
    t.equal((await get(port, [`Host: ${name}`])).status, 200, name)
  }
})

t.test('pushing out what the proxy appends does not make one local', async (t) => {
  const { app } = await buildApp(t, { mode: 'none', trustedProxies: [PROXY] })
  const port = await listen(app)
  const junk = Array.from({ length: 3_000 }, () => 'a:').join('\r\n')
  const appended = 'X-Forwarded-For: 203.0.113.9\r\nX-OpenClaw-Scopes: operator.read'
  const head = `Host: localhost\r\nConnection: close\r\n${junk}\r\n${appended}\r\n\r\n`
  t.equal((await sendRaw(port, `GET /me HTTP/1.1\r\n${head}`, PROXY)).status, 431)
  const probe = await sendRaw(port, `GET /probe HTTP/1.1\r\n${head}`, PROXY)
  // Node 24 refuses so many headers by itself; Node 20 drops the last ones and leaves the rest to us.
  const shown = probe.status === 431 || probe.body === '{"identity":null,"local":false}'
  t.ok(shown, `${probe.status} ${probe.body}`)
  t.equal((await sendRaw(port, `GET /nowhere HTTP/1.1\r\n${head}`, PROXY)).status, 431)
})
