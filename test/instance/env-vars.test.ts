import { delimiter } from 'node:path'
import t from 'tap'
import { envSchema } from '../../schemas/env.js'
import { resolveBare } from './helper.js'

t.test('typed variables', async (t) => {
  const { settings, notices } = await resolveBare(
    {},
    {
      OPENCLAW_LOG_LEVEL: 'debug',
      OPENCLAW_GATEWAY_BIND: 'lan',
      OPENCLAW_HANDSHAKE_TIMEOUT_MS: '2500',
      OPENCLAW_INCLUDE_ROOTS: `/a${delimiter}~/b${delimiter}`,
      OPENCLAW_ALLOW_MULTI_GATEWAY: '1',
      OPENCLAW_DEBUG: 'off',
    },
  )
  t.match(settings, {
    logLevel: 'debug',
    bind: 'lan',
    handshakeTimeoutMs: 2500,
    includeRoots: ['/a', '/nowhere/h/b'],
    allowMultiGateway: true,
    debug: false,
    readOnlyConfig: false,
    loadShellEnv: false,
  })
  t.same(notices, [])
})

t.test('words for yes and no', async (t) => {
  for (const word of ['1', 'true', 'TRUE', 'yes', 'on', ' 1 ']) {
    t.equal((await resolveBare({}, { OPENCLAW_CONFIG_READONLY: word })).settings.readOnlyConfig, true, word)
  }
  for (const word of ['0', 'false', 'no', 'off', '', 'undefined', 'null']) {
    t.equal((await resolveBare({}, { OPENCLAW_NIX_MODE: word })).settings.readOnlyConfig, false, word)
  }
  t.equal((await resolveBare({}, { OPENCLAW_NIX_MODE: '1' })).settings.readOnlyConfig, true, 'nix mode')
})

t.test('a value that does not fit is ignored and the rest still counts', async (t) => {
  const { settings, notices } = await resolveBare(
    {},
    {
      OPENCLAW_LOG_LEVEL: 'loud',
      OPENCLAW_HANDSHAKE_TIMEOUT_MS: '5',
      OPENCLAW_DEBUG: 'maybe',
      OPENCLAW_CONFIG_READONLY: '1',
    },
  )
  t.match(settings, { logLevel: undefined, handshakeTimeoutMs: undefined, debug: false, readOnlyConfig: true })
  const text = notices.join('\n')
  t.equal(notices.length, 3)
  t.match(text, /OPENCLAW_LOG_LEVEL: its value must be one of silent, fatal/)
  t.match(text, /OPENCLAW_HANDSHAKE_TIMEOUT_MS: its value must be >= 100/)
  t.match(text, /OPENCLAW_DEBUG: its value must be 1 or 0/)
})

t.test('secrets, text and unknown names', async (t) => {
  const env = {
    OPENCLAW_GATEWAY_TOKEN: 'a',
    OPENCLAW_GATEWAY_PASSWORD: ' b ',
    OPENCLAW_GATEWAY_URL: 'ws://x',
    OPENCLAW_IMAGE: 'y',
  }
  const { settings, notices } = await resolveBare({}, env)
  t.match(settings, { token: 'a', password: ' b ', url: 'ws://x' })
  t.same(notices, [])
})

t.test('every variable is described', async (t) => {
  for (const [name, schema] of Object.entries(envSchema.properties)) {
    t.match(name, /^OPENCLAW_[A-Z_]+$/)
    t.match(schema.description, /\.$/, name)
  }
})
