import t from 'tap'
import type { Refused } from '../../../src/devices/admission.js'
import { type Connect, newDevice, openWorld, PASSWORD, TOKEN, type World } from '../world.js'

/** Rows of spec/protocol.md 2.7: code, message and details are what official clients act upon. */

async function refusal(world: World, connect: Connect): Promise<Refused> {
  const admission = await world.connect(connect)
  if (admission.ok) throw new Error('it was let in')
  return admission
}

t.test('shape, protocol, role', async (t) => {
  const world = await openWorld(t)
  const params = (more: object): Connect => ({ params: more })
  const client = { id: 'cli', mode: 'cli', version: '1', platform: 'linux' }
  const rows: readonly [Connect, string][] = [
    [params({ client: { ...client, id: 'nobody' } }), 'invalid connect params: at /client/id: must be equal to one of'],
    [params({ client: { ...client, mode: 7 } }), 'invalid connect params: at /client/mode: must be string'],
    [params({ client: { ...client, version: '' } }), 'invalid connect params: at /client/version: must NOT have fewer'],
    [params({ client: undefined }), "invalid connect params: must have required property 'client'"],
    [params({ minProtocol: '4' }), 'invalid connect params: at /minProtocol: must be integer'],
    [params({ minProtocol: 0 }), 'invalid connect params: at /minProtocol: must be >= 1'],
    [params({ scopes: 'operator.read' }), 'invalid connect params: at /scopes: must be array'],
    [params({ caps: [7] }), 'invalid connect params: at /caps/0: must be string'],
    [params({ auth: { token: 7 } }), 'invalid connect params: at /auth/token: must be string'],
    [params({ permissions: { camera: 'yes' } }), 'invalid connect params: at /permissions/camera: must be boolean'],
    [params({ device: { id: 'x' } }), "invalid connect params: at /device: must have required property 'publicKey'"],
    [params({ role: 'admin' }), 'invalid role'],
  ]
  for (const [connect, message] of rows) {
    const { error, close } = await refusal(world, connect)
    t.equal(error.code, 'INVALID_REQUEST')
    t.ok(error.message.startsWith(message), error.message)
    t.strictSame(close, { code: 1008, reason: error.message })
  }
  t.match(await refusal(world, { params: { minProtocol: 5, maxProtocol: 6 } }), {
    error: {
      code: 'INVALID_REQUEST',
      message: 'protocol mismatch',
      details: {
        code: 'PROTOCOL_MISMATCH',
        clientMinProtocol: 5,
        clientMaxProtocol: 6,
        expectedProtocol: 4,
        minimumProbeProtocol: 3,
      },
    },
    close: { code: 1002, reason: 'protocol mismatch' },
  })
})

t.test('who may speak which protocol', async (t) => {
  const world = await openWorld(t)
  const rows: readonly [Connect['client'], number, number, boolean][] = [
    ['cli', 4, 4, true],
    ['cli', 1, 9, true],
    ['cli', 3, 3, false],
    ['cli', 5, 5, false],
    ['cli', 5, 4, false],
    ['probe', 3, 3, true],
    ['probe', 2, 2, false],
    ['probe', 3, 9, true],
    ['node', 3, 3, true],
    ['node', 1, 2, false],
  ]
  for (const [client, minProtocol, maxProtocol, ok] of rows) {
    const admission = await world.connect({ client, device: newDevice(), params: { minProtocol, maxProtocol } })
    t.equal(admission.ok, ok, `${client} ${minProtocol}..${maxProtocol}`)
    if (admission.ok) t.equal(admission.protocol, Math.min(maxProtocol, 4))
  }
})

t.test('newer clients send what we do not know', async (t) => {
  const world = await openWorld(t)
  const admission = await world.connect({
    params: { caps: ['model-catalog-snapshot', 'from-the-future'], modelCatalog: { sessionKey: 'a' }, future: 1 },
    scopes: ['operator.admin', 'operator.future', 'operator.admin'],
  })
  t.match(admission, { ok: true, caller: { caps: ['model-catalog-snapshot', 'from-the-future'] } })
  t.strictSame(admission.ok && admission.caller.scopes, ['operator.admin'])
})

t.test('credentials', async (t) => {
  const token = await openWorld(t)
  const password = await openWorld(t, { mode: 'password', password: PASSWORD })
  const unset = await openWorld(t, { mode: 'token' })
  const device = newDevice()
  const rows: readonly [World, Connect, string, object][] = [
    [
      token,
      { auth: { token: 'x' } },
      'unauthorized: gateway token mismatch (',
      {
        code: 'AUTH_TOKEN_MISMATCH',
        authReason: 'token_mismatch',
        canRetryWithDeviceToken: false,
        recommendedNextStep: 'update_auth_credentials',
      },
    ],
    [
      token,
      { auth: { token: 'x' }, device },
      'unauthorized: gateway token mismatch (',
      { code: 'AUTH_TOKEN_MISMATCH', canRetryWithDeviceToken: true, recommendedNextStep: 'retry_with_device_token' },
    ],
    [
      token,
      { auth: { password: 'x' }, device },
      'unauthorized: gateway token mismatch (',
      { code: 'AUTH_TOKEN_MISMATCH', canRetryWithDeviceToken: false },
    ],
    [
      token,
      { auth: {}, device },
      'unauthorized: gateway token missing (',
      { code: 'AUTH_TOKEN_MISSING', authReason: 'token_missing', recommendedNextStep: 'update_auth_configuration' },
    ],
    [
      password,
      { auth: { password: 'x' } },
      'unauthorized: gateway password mismatch (',
      { code: 'AUTH_PASSWORD_MISMATCH' },
    ],
    [password, { auth: {}, device }, 'unauthorized: gateway password missing (', { code: 'AUTH_PASSWORD_MISSING' }],
    [unset, { auth: {} }, 'unauthorized: gateway token not configured', { code: 'AUTH_TOKEN_NOT_CONFIGURED' }],
    [
      token,
      { auth: { deviceToken: 'x' }, device },
      'unauthorized: device token mismatch (rotate/reissue device token)',
      {
        code: 'AUTH_DEVICE_TOKEN_MISMATCH',
        authReason: 'device_token_mismatch',
        canRetryWithDeviceToken: false,
        recommendedNextStep: 'update_auth_credentials',
      },
    ],
    [
      token,
      { auth: { bootstrapToken: 'x' }, device },
      'unauthorized: setup code invalid, ',
      { code: 'AUTH_BOOTSTRAP_TOKEN_INVALID', authReason: 'bootstrap_token_invalid' },
    ],
    [
      token,
      { headers: { 'x-forwarded-for': '1.1.1.1' } },
      'unauthorized: forwarded headers',
      { code: 'AUTH_UNAUTHORIZED', authReason: 'proxy_attribution_required' },
    ],
  ]
  for (const [world, connect, message, details] of rows) {
    const { error, close } = await refusal(world, connect)
    t.equal(error.code, 'INVALID_REQUEST')
    t.ok(error.message.startsWith(message), error.message)
    t.match(error.details, details, message)
    t.strictSame(close, { code: 1008, reason: error.message })
  }
})

t.test('what a client does about it depends on the client', async (t) => {
  const world = await openWorld(t)
  const hints: readonly [Connect['client'], RegExp][] = [
    ['cli', /--token/],
    ['page', /openclaw dashboard/],
    ['backend', /send the token of this gateway/],
  ]
  for (const [client, words] of hints) {
    t.match((await refusal(world, { client, auth: { token: 'x' }, device: newDevice() })).error.message, words)
  }
})

t.test('pages', async (t) => {
  const world = await openWorld(t)
  const missing = await refusal(world, { client: 'page', headers: { origin: null } })
  t.match(missing.error, {
    code: 'INVALID_REQUEST',
    details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin missing or invalid' },
  })
  const foreign = await refusal(world, { headers: { origin: 'https://evil.example' } })
  t.match(foreign.error.details, { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin not allowed' })
  t.match(foreign.close, { code: 1008 })
  const plain = await refusal(world, { client: 'page' })
  t.match(plain.error, { code: 'INVALID_REQUEST', message: /^control ui requires device identity \(/ })
})

t.test('a device is needed, and its proof counts before the credentials', async (t) => {
  const world = await openWorld(t)
  t.match(await refusal(world, { auth: {} }), {
    error: { code: 'NOT_PAIRED', message: 'device identity required', details: { code: 'DEVICE_IDENTITY_REQUIRED' } },
    close: { code: 1008, reason: 'device identity required' },
  })
  const device = newDevice()
  const rows: readonly [object, string, string, string][] = [
    [{ id: 'a'.repeat(64) }, 'device identity mismatch', 'DEVICE_AUTH_DEVICE_ID_MISMATCH', 'device-id-mismatch'],
    [{ signedAt: 1_000_000 }, 'device signature expired', 'DEVICE_AUTH_SIGNATURE_EXPIRED', 'device-signature-stale'],
    [{ nonce: ' ' }, 'device nonce required', 'DEVICE_AUTH_NONCE_REQUIRED', 'device-nonce-missing'],
    [{ nonce: 'other' }, 'device nonce mismatch', 'DEVICE_AUTH_NONCE_MISMATCH', 'device-nonce-mismatch'],
    [{ signature: 'AAAA' }, 'device signature invalid', 'DEVICE_AUTH_SIGNATURE_INVALID', 'device-signature'],
    [{ publicKey: 'AAAA' }, 'device public key invalid', 'DEVICE_AUTH_PUBLIC_KEY_INVALID', 'device-public-key'],
  ]
  for (const auth of [{ token: TOKEN }, { token: 'wrong' }, {}]) {
    for (const [tamper, message, code, reason] of rows) {
      const { error, close } = await refusal(world, { device, auth, tamper })
      t.strictSame(error, { code: 'INVALID_REQUEST', message, details: { code, reason } })
      t.strictSame(close, { code: 1008, reason: message })
    }
  }
})

t.test('pairing', async (t) => {
  const world = await openWorld(t)
  const device = newDevice()
  const peer = '203.0.113.9'
  const first = await refusal(world, { device, peer, scopes: ['operator.read'] })
  const requestId = (await world.store.pairRequests.list('device'))[0]?.id ?? ''
  t.match(requestId, /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
  t.match(first, {
    error: {
      code: 'NOT_PAIRED',
      message: 'pairing required: device is not approved yet',
      details: {
        code: 'PAIRING_REQUIRED',
        reason: 'not-paired',
        requestId,
        remediationHint: `Run "openclaw devices approve ${requestId}" where the gateway runs, or approve it on the devices page.`,
        deviceId: device.deviceId,
        requestedRole: 'operator',
        requestedScopes: ['operator.read'],
      },
    },
    close: { code: 1008, reason: `pairing required: device is not approved yet (requestId: ${requestId})` },
  })
  t.notOk('pauseReconnect' in (first.error.details as object), 'a program stops and asks its user')
  const page = await refusal(world, {
    client: 'page',
    device: newDevice(),
    peer,
    headers: { origin: 'http://127.0.0.1:18789' },
  })
  t.match(page.error.details, { recommendedNextStep: 'wait_then_retry', retryable: true, pauseReconnect: false })
  await world.devices.approve(requestId, { scopes: ['operator.admin'], method: 'token', deviceId: undefined })
  const more = await refusal(world, { device, peer })
  t.match(more.error, {
    message: 'pairing required: device is asking for more scopes than currently approved',
    details: { reason: 'scope-upgrade', approvedRoles: ['operator'], approvedScopes: ['operator.read'] },
  })
  const other = await refusal(world, { device, peer, client: 'node' })
  t.match(other.error, {
    message: 'pairing required: device is asking for a higher role than currently approved',
    details: { reason: 'role-upgrade', requestedRole: 'node' },
  })
  const client = { id: 'cli', mode: 'cli', version: '1', platform: 'win32' }
  const moved = await refusal(world, { device, peer, scopes: ['operator.read'], params: { client } })
  t.match(moved.error, {
    message: 'pairing required: device identity changed and must be re-approved',
    details: { reason: 'metadata-upgrade' },
  })
})

t.test('guessing is counted, whatever it is dressed as, and the right secret always passes', async (t) => {
  const dresses: readonly [string, (guess: string) => Connect][] = [
    ['a program', (guess) => ({ auth: { token: guess } })],
    ['a device', (guess) => ({ auth: { token: guess }, device: newDevice() })],
    ['beside a made-up device token', (guess) => ({ auth: { token: guess, deviceToken: 'y' }, device: newDevice() })],
    ['as the device token too', (guess) => ({ auth: { token: guess, deviceToken: guess }, device: newDevice() })],
    ['as a password', (guess) => ({ auth: { password: guess }, device: newDevice() })],
    ['beside a setup code', (guess) => ({ auth: { token: guess, bootstrapToken: 'y' } })],
    ['a node', (guess) => ({ auth: { token: guess }, client: 'node' as const })],
    ['from another loopback address', (guess) => ({ auth: { token: guess }, peer: '127.0.0.2' })],
  ]
  for (const [name, dress] of dresses) {
    const world = await openWorld(t, { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 3 } })
    for (let n = 0; n < 3; n++) await refusal(world, dress(`guess ${n}`))
    t.match(
      (await refusal(world, dress('guess'))).error,
      {
        code: 'INVALID_REQUEST',
        message: 'unauthorized: too many failed authentication attempts (retry later)',
        retryable: true,
        retryAfterMs: 300_000,
        details: { code: 'AUTH_RATE_LIMITED', authReason: 'rate_limited', recommendedNextStep: 'wait_then_retry' },
      },
      name,
    )
    t.equal((await world.connect()).ok, true, name)
  }
  const world = await openWorld(t, { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 3 } })
  for (let n = 0; n < 9; n++) {
    await refusal(world, { auth: {} })
    await refusal(world, { auth: { token: 'x' }, headers: { origin: 'https://evil.example' } })
    await refusal(world, { auth: { token: 'x' }, device: newDevice(), tamper: { signature: 'AAAA' } })
  }
  t.equal(world.limiter.size, 0, 'what tells nothing of the secret is not counted')
})

t.test('a password beside a real device token is a guess too, and the token lets its device in', async (t) => {
  const world = await openWorld(t, { mode: 'password', password: PASSWORD, rateLimit: { maxAttempts: 3 } })
  const device = newDevice()
  const scopes = ['operator.read']
  const first = await world.connect({ device, client: 'app', scopes, auth: { password: PASSWORD } })
  const deviceToken = first.ok ? first.deviceToken : undefined
  t.type(deviceToken, 'string')
  const guess = (password: string) =>
    world.connect({ device, client: 'app', scopes, auth: { password, deviceToken: deviceToken ?? '' } })
  for (let n = 0; n < 4; n += 1) t.equal((await guess(`guess ${n}`)).ok, true)
  t.equal(world.limiter.size, 1)
  t.match((await refusal(world, { auth: { password: 'guess' } })).error.details, { code: 'AUTH_RATE_LIMITED' })
})
