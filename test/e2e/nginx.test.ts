import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t, { type Test } from 'tap'
import { selfSigned } from '../../src/remote/tls/generate.js'
import { freePort } from '../cli/gateways.js'
import { testFolder } from '../helper/folder.js'
import { fencesOf } from '../helper/markdown.js'
import { callNginx, dialNginx, type ProxiedCall, startNginx, withoutNginx } from '../helper/nginx.js'
import { startGatewayWith } from '../helper/running.js'
import { connectParams, TestSocket } from '../helper/socket.js'
import { startUpstream } from '../helper/upstream.js'
import { serveWeb } from '../helper/web.js'
import { ADMIN, tricks } from '../plugins/auth/_tricks.js'

/**
 * The configs of docs/trusted-proxy.md as they stand there, with a real nginx and a real gateway. oauth2-proxy is not
 * in Debian: a server stands in that answers `/oauth2/auth` as it does.
 */
const page = readFileSync(join(import.meta.dirname, '../../docs/trusted-proxy.md'), 'utf8')
const fence = (info: string) => fencesOf(page).find((one) => one.info === info)?.text ?? ''
const nick = 'nick@example.com'
const origin = 'https://gateway.example.com'
const client = '203.0.113.9'
const cookieOf = (user: string) => ({ cookie: `_oauth2_proxy=${user}` })

/** The text with each of these replaced; every one must be there. */
function adapted(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the page does not say ${from}`)
    return all.replaceAll(from, to)
  }, text)
}

async function stage(t: Test, changes: Readonly<Record<string, string>> = {}) {
  const upstream = await startUpstream(t, 'Hello through nginx')
  const documented = JSON5.parse(fence('json5'))
  documented.gateway.auth.trustedProxy.allowUsers.push(ADMIN)
  const gateway = await startGatewayWith(t, {
    config: {
      ...documented,
      models: { providers: { up: { baseUrl: upstream.baseUrl, apiKey: 'key-of-the-model', models: [{ id: 'one' }] } } },
      agents: { defaults: { model: 'up/one' } },
      logging: { level: 'silent' },
    },
    env: { LOCAL_PASSWORD: 'password-of-this-host' },
  })
  const signIn = await serveWeb(t, (request, response) => {
    const user = /_oauth2_proxy=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
    if (request.url?.startsWith('/oauth2/sign_in')) response.end('sign in here')
    else if (user === undefined) response.writeHead(401).end()
    else response.writeHead(202, { 'x-auth-request-user': user, 'x-auth-request-email': user }).end()
  })
  const folder = testFolder(t)
  const { cert, key } = await selfSigned(['gateway.example.com'], Date.now())
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  const port = await freePort()
  const http = adapted(fence('nginx'), {
    'listen 443 ssl;': `listen 127.0.0.1:${port} ssl proxy_protocol;`,
    '/etc/ssl/gateway.example.com.crt': join(folder, 'cert.pem'),
    '/etc/ssl/gateway.example.com.key': join(folder, 'key.pem'),
    '127.0.0.1:4180': `127.0.0.1:${signIn.port}`,
    '127.0.0.1:18789': new URL(gateway.url).host,
    ...changes,
  })
  await startNginx(t, http, port)
  const call = (path: string, more: Partial<ProxiedCall> = {}) => callNginx({ port, client, path, ...more })
  return { upstream, gateway, port, call }
}

const chat = (more: object = {}) =>
  JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }], ...more })

t.test('people sign in at the proxy; pages, answers and streams come through', { skip: withoutNginx }, async (t) => {
  const { upstream, call } = await stage(t)
  const stranger = await call('/v1/models')
  t.equal(stranger.status, 302)
  t.match(stranger.headers.location, `/oauth2/sign_in?rd=${origin}/v1/models`)
  t.equal((await call('/oauth2/sign_in')).body, 'sign in here')

  const headers = cookieOf(nick)
  const models = await call('/v1/models', { headers })
  t.equal(models.status, 200)
  t.match(JSON.parse(models.body), { object: 'list' })
  t.equal(models.headers['strict-transport-security'], 'max-age=31536000')
  t.equal((await call('/docs/', { headers })).status, 200, 'Swagger UI')

  const whole = await call('/v1/chat/completions', { headers, body: chat() })
  t.match(JSON.parse(whole.body), { choices: [{ message: { content: 'Hello through nginx' } }] })

  let release = () => {}
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  // The rest is sent only after the first words have come through: nothing on the way keeps them back.
  upstream.script = { text: 'one two three four five', before: (frame) => (frame < 3 ? Promise.resolve() : first) }
  const onPiece = (piece: string) => /"content":"[^"]/.test(piece) && release()
  const streamed = await call('/v1/chat/completions', { headers, body: chat({ stream: true }), onPiece })
  t.match(streamed.headers['content-type'], 'text/event-stream')
  t.match(streamed.body, /data: \[DONE\]/)
  t.ok(streamed.pieces.length > 1)

  t.equal((await call('/v1/chat/completions', { headers, body: `"${'x'.repeat(21 * 2 ** 20)}"` })).status, 413)
})

t.test('the control plane opens through nginx, for the page and nobody else', { skip: withoutNginx }, async (t) => {
  const { port } = await stage(t)
  const open = async (user: string, from: string) => {
    const connection = await dialNginx(port, client)
    const options = { createConnection: () => connection, headers: cookieOf(user), origin: from }
    const socket = new TestSocket(`ws://gateway.example.com/`, options)
    t.teardown(() => socket.ws.terminate())
    await socket.event('connect.challenge')
    const more = { client: { id: 'openclaw-control-ui', mode: 'webchat', version: '1.0.0', platform: 'web' }, auth: {} }
    return socket.request('connect', connectParams(more))
  }
  const hello = await open(nick, origin)
  t.match(hello, { ok: true, payload: { type: 'hello-ok' } })
  const refused = async (user: string, from: string) => {
    const answer = await open(user, from).catch((error: Error) => ({ ok: false, error }))
    t.equal(answer.ok, false, `${user} from ${from}`)
  }
  await refused(nick, 'https://evil.example')
  await refused('eve@example.com', origin)
})

t.test(
  'who the proxy knows and the gateway does not stays out, whatever is sent',
  { skip: withoutNginx },
  async (t) => {
    const { port, gateway } = await stage(t)
    const named = (line: string) => line.replace(/(x)([-_.])forwarded([-_.])user/gi, '$1$2auth$3request$3email')
    const statusesOf = async (lines: readonly string[]) => {
      const socket = await dialNginx(port, client)
      let text = ''
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece
      })
      socket.on('error', () => {})
      const head = ['GET /v1/models HTTP/1.1', 'Host: gateway.example.com', ...lines, 'Connection: close', '', '']
      socket.write(Buffer.from(head.join('\r\n'), 'latin1'))
      await new Promise((resolve) => socket.once('close', resolve).setTimeout(5_000, () => socket.destroy()))
      return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
    }
    const cookie = (user: string) => `Cookie: _oauth2_proxy=${user}`
    t.strictSame(await statusesOf([cookie(nick)]), [200])
    t.strictSame(await statusesOf([cookie('eve@example.com')]), [401])
    t.strictSame(await statusesOf([]), [302])
    for (const [name, lines] of tricks) {
      const sent = [...lines, ...lines.map(named)]
      for (const honest of [[], [cookie('eve@example.com')]]) {
        for (const head of [
          [...sent, ...honest],
          [...honest, ...sent],
        ]) {
          t.notOk((await statusesOf(head)).includes(200), `${name}, ${honest.length === 0 ? 'a stranger' : 'eve'}`)
        }
      }
    }
    // Past nginx there is no way in but the password of this host.
    const direct = (headers: Record<string, string>) => fetch(`${gateway.url}/v1/models`, { headers })
    t.equal((await direct({ 'x-auth-request-email': nick })).status, 401)
    t.equal((await direct({ 'x-auth-request-email': nick, 'x-forwarded-for': '127.0.0.1' })).status, 403)
    t.equal((await direct({ authorization: 'Bearer password-of-this-host' })).status, 200)
  },
)

t.test('the line that overwrites the name is what keeps eve out', { skip: withoutNginx }, async (t) => {
  const { call } = await stage(t, { 'proxy_set_header X-Auth-Request-Email $email;': '' })
  const claiming = { ...cookieOf('eve@example.com'), 'x-auth-request-email': nick }
  t.equal((await call('/v1/models', { headers: claiming })).status, 200)
})
