import { createRequire } from 'node:module'
import { parseYaml } from '@redocly/openapi-core'
import t from 'tap'
import { bearer, build } from '../helper/gateway.js'
import { committedDocument } from '../openapi/_document.js'

const remoteAddress = '203.0.113.7'
const rebound = { host: 'evil.example' }
const documents = ['/openapi.json', '/openapi.yaml', '/docs/json', '/docs/yaml']
const pages = ['/docs', '/docs/', '/docs/static/swagger-ui.css', '/docs/static/swagger-initializer.js']

t.test('nothing of it is loaded until somebody asks', async (t) => {
  const app = await build(t)
  const loaded = () =>
    Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('@fastify/swagger'))
  await app.inject('/healthz')
  t.notOk(loaded())
  await app.inject('/openapi.json')
  t.ok(loaded())
})

t.test('who may see the document and the page', async (t) => {
  const app = await build(t)
  const callers: [name: string, request: object, status: number][] = [
    ['a program on this machine', {}, 200],
    ['a remote caller with the token', { remoteAddress, headers: bearer }, 200],
    ['a remote caller', { remoteAddress }, 401],
    ['a remote caller with a wrong token', { remoteAddress, headers: { authorization: 'Bearer wrong' } }, 401],
    ['a caller behind an unknown proxy', { headers: { 'x-forwarded-for': '198.51.100.7' } }, 401],
    ['a page that was rebound to this machine', { headers: rebound }, 401],
    ['a page that was rebound, with the token', { headers: { ...rebound, ...bearer } }, 200],
  ]
  for (const [name, request, status] of callers) {
    for (const url of [...documents, ...pages]) {
      const response = await app.inject({ url, ...request })
      t.equal(response.statusCode, status, `${name}: ${url}`)
      if (status === 200) continue
      t.match(response.json(), { error: { code: 'invalid_api_key' } })
      t.equal(response.headers['www-authenticate'], 'Bearer realm="openclaw"')
    }
  }
})

t.test('the served document is the published one for this server', async (t) => {
  const app = await build(t)
  const published = committedDocument()
  const json = await app.inject('/openapi.json')
  t.equal(json.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(json.json(), { ...published, servers: [{ url: '/', description: 'This gateway' }] })
  const yaml = await app.inject('/openapi.yaml')
  t.equal(yaml.headers['content-type'], 'application/yaml; charset=utf-8')
  t.notMatch(yaml.body, /[&*]a\d/, 'no anchors: many tools do not follow them')
  t.strictSame(parseYaml(yaml.body), json.json())
})

t.test('the page loads nothing from elsewhere', async (t) => {
  const app = await build(t)
  const page = await app.inject('/docs')
  t.match(page.headers['content-security-policy'], /default-src 'none'/)
  t.notMatch(page.headers['content-security-policy'], /upgrade-insecure-requests|https?:/)
  t.match(page.headers, { 'x-content-type-options': 'nosniff', 'x-request-id': /^req_/ })
  t.notMatch(page.body, /https?:\/\//)
  const settings = (await app.inject('/docs/static/swagger-initializer.js')).body
  t.match(settings, /"validatorUrl":\s*null/)
})

t.test('what is not there under /docs is a 404 in JSON', async (t) => {
  const app = await build(t)
  const response = await app.inject('/docs/nothing-here')
  t.equal(response.statusCode, 404)
  t.match(response.json(), { error: { code: 'unknown_url' } })
})

t.test('a page that is served by the second app is counted once', async (t) => {
  const app = await build(t)
  await app.inject('/docs')
  const { body } = await app.inject({ url: '/metrics', headers: bearer })
  t.match(body, /^openclaw_http_requests_total\{method="GET",route="\/docs",status="200"\} 1$/m)
})
