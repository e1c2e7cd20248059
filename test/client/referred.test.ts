import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Purpose } from '../../src/client/credentials.js'
import { readGatewayConfig } from '../../src/client/gateway-config.js'
import { findGateway } from '../../src/client/open.js'
import { configSource } from '../../src/config/source.js'
import { testInstance } from '../helper/gateway.js'
import { standIn } from '../helper/program.js'

const ref = (source: 'file' | 'exec', id: string) => ({ source, provider: 'p', id })

async function find(t: Test, config: object, purpose: Purpose, more: Record<string, string> = {}) {
  const instance = await testInstance(t, config, {}, more)
  return findGateway({ instance, config: await readGatewayConfig(configSource(instance)), flags: {}, purpose })
}

function withToken(provider: object, token: object, more: object = {}): object {
  return {
    gateway: { mode: 'local', auth: { mode: 'token', token }, ...more },
    secrets: { providers: { p: provider } },
  }
}

t.test('commands read the token of this gateway from a file', async (t) => {
  const path = join(t.testdir(), 'secrets.json')
  writeFileSync(path, '{"token":"token-of-the-file"}', { mode: 0o600 })
  const config = withToken({ source: 'file', path }, ref('file', '/token'))
  for (const purpose of ['call', 'probe', 'node'] as const) {
    t.match(await find(t, config, purpose), { credential: { value: 'token-of-the-file', from: 'gateway.auth.token' } })
  }
})

t.test('calls ask a program; looks do not', async (t) => {
  const program = standIn(t, 'vault', `process.stdout.write('token-of-the-vault')`)
  const config = withToken({ source: 'exec', command: program.path, jsonOnly: false }, ref('exec', 'value'))
  const looked = await find(t, config, 'probe')
  t.match(looked, { credential: undefined, credentialProblem: /gateway\.auth\.token refers to a secret/ })
  t.equal(program.calls.length, 0)
  t.match((await find(t, config, 'call')).credential, { value: 'token-of-the-vault' })
  t.equal(program.calls.length, 1)
  const known = await find(t, config, 'call', { OPENCLAW_GATEWAY_TOKEN: 'token-of-the-environment' })
  t.equal(known.credential?.value, 'token-of-the-environment')
  t.equal(program.calls.length, 1, 'what is not sent is not asked for')
})

t.test('a reference that fails is not stepped over', async (t) => {
  const remote = { remote: { token: 'never-instead' } }
  const config = withToken({ source: 'file', path: '/nowhere/secrets.json' }, ref('file', '/token'), remote)
  await t.rejects(find(t, config, 'call'), {
    code: 'auth_misconfigured',
    message: /gateway\.auth\.token: .*no such file.*--token/,
    details: { reason: 'GATEWAY_SECRET_REF_UNAVAILABLE', path: 'gateway.auth.token' },
  })
  t.match(await find(t, config, 'probe'), { credential: undefined, credentialProblem: /no such file/ })
})

t.test('headers for a proxy in front of it', async (t) => {
  const path = join(t.testdir(), 'secrets.json')
  writeFileSync(path, '{"edge":"edge-of-the-file"}', { mode: 0o600 })
  const edgeAuth = { 'CF-Access-Client-Secret': ref('file', '/edge'), 'x-plain': 'plain' }
  const gateway = { mode: 'remote', remote: { url: 'wss://gw.example', token: 'remote-token', edgeAuth } }
  const providers = { p: { source: 'file', path } }
  const found = await find(t, { gateway, secrets: { providers } }, 'call')
  t.strictSame(found.headers, { 'cf-access-client-secret': 'edge-of-the-file', 'x-plain': 'plain' })
  writeFileSync(path, '{}')
  await t.rejects(find(t, { gateway, secrets: { providers } }, 'call'), {
    code: 'auth_misconfigured',
    message: /gateway\.remote\.edgeAuth\.CF-Access-Client-Secret: .*nothing at this pointer/,
  })
})

t.test('the token of a remote gateway', async (t) => {
  const path = join(t.testdir(), 'token.txt')
  writeFileSync(path, 'token-of-elsewhere\n', { mode: 0o600 })
  const gateway = { mode: 'remote', remote: { url: 'wss://gw.example', token: ref('file', 'value') } }
  const config = { gateway, secrets: { providers: { p: { source: 'file', path, mode: 'singleValue' } } } }
  t.match((await find(t, config, 'call')).credential, { value: 'token-of-elsewhere', from: 'gateway.remote.token' })
})
