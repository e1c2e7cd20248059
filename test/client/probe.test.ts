import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { probeGateway } from '../../src/client/probe.js'

interface Fake {
  readonly ready?: unknown
  readonly startup?: unknown
  readonly status?: number
  readonly instance?: string
  readonly models?: number
}

/** A gateway as far as its probes go; counts what it sees of secrets. */
async function fake(t: Test, { ready = { ready: true }, startup, status = 200, instance = 'one', models = 200 }: Fake) {
  const secrets: string[] = []
  const server = http.createServer((request, response) => {
    if (request.headers.authorization) secrets.push(request.headers.authorization)
    if (instance) response.setHeader('x-openclaw-instance', instance)
    if (request.url?.endsWith('/v1/models')) return response.writeHead(models).end('{}')
    const body = request.url?.endsWith('/readyz')
      ? ready
      : (startup ?? { ok: true, status: 'started', version: '1.2.3' })
    return response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return { base, display: 'it', timeoutMs: 2000, secrets }
}

const details = { ready: true, failing: [], uptimeMs: 5, profile: 'default' }
const fails = (kind: string) => ({ code: 'gateway_unreachable', details: { kind } })

t.test('a gateway with details', async (t) => {
  const probe = await probeGateway(await fake(t, { ready: details }))
  t.match(probe, { ready: true, failing: [], version: '1.2.3', identity: 'unverified', instanceId: 'one' })
  t.equal(probe.details.profile, 'default')
})

t.test('a gateway that tells strangers little, and one that is not ready', async (t) => {
  t.match(await probeGateway(await fake(t, { startup: { ok: true, status: 'started' } })), {
    ready: true,
    version: undefined,
  })
  const draining = await fake(t, { ready: { ready: false, failing: ['draining'] }, status: 503 })
  t.match(await probeGateway(draining), { ready: false, failing: ['draining'] })
})

t.test('who answers', async (t) => {
  const gateway = await fake(t, { ready: details })
  const identity = async (expected: { profile: string; instanceId?: string }) =>
    (await probeGateway({ ...gateway, expected })).identity
  t.equal(await identity({ profile: 'default', instanceId: 'one' }), 'verified')
  t.equal(await identity({ profile: 'default', instanceId: 'two' }), 'different')
  t.equal(await identity({ profile: 'default' }), 'unverified')
  await t.rejects(identity({ profile: 'rescue' }), fails('other_gateway'))
  await t.rejects(identity({ profile: 'rescue', instanceId: 'two' }), { message: /belongs to the profile "default"/ })
})

t.test('what is not a gateway', async (t) => {
  for (const ready of ['<html>', '{}', '[]', 'null', { ready: 'yes' }]) {
    await t.rejects(probeGateway(await fake(t, { ready })), fails('not_gateway'), JSON.stringify(ready))
  }
  await t.rejects(probeGateway(await fake(t, { ready: 'Not found', status: 404 })), { message: /HTTP 404 on \/readyz/ })
})

t.test('the credential is sent when given, and judged', async (t) => {
  const open = await fake(t, { ready: details })
  await probeGateway(open)
  t.strictSame(open.secrets, [])
  await probeGateway({ ...open, bearer: 'right' })
  t.strictSame([...new Set(open.secrets)], ['Bearer right'])
  // The endpoint may be off; then the guard has let the caller through all the same.
  await probeGateway({ ...(await fake(t, { models: 404 })), bearer: 'right' })
  await t.rejects(probeGateway({ ...(await fake(t, { models: 401 })), bearer: 'wrong' }), fails('unauthorized'))
  await t.rejects(probeGateway({ ...(await fake(t, { models: 429 })), bearer: 'wrong' }), fails('rate_limited'))
})

t.test('a gateway behind a path', async (t) => {
  const gateway = await fake(t, {})
  const probe = await probeGateway({ ...gateway, base: new URL('behind/', gateway.base) })
  t.equal(probe.ready, true)
})
