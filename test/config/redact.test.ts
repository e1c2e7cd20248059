import t from 'tap'
import { holdsRedacted, redactConfig, redacted, restoreRedacted } from '../../src/config/redact.js'
import { load, valid } from './helper.js'

const reference = { source: 'env', provider: 'default', id: 'KEY' }

t.test('every secret is hidden, references and the rest are not', async (t) => {
  const secretive = {
    gateway: {
      auth: { token: 's1', password: reference, mode: 'token' },
      remote: { url: 'ws://x', token: 's2', edgeAuth: { 'X-Key': 's3' } },
    },
    models: {
      providers: {
        a: {
          baseUrl: 'http://x/v1',
          apiKey: 's4',
          headers: { Authorization: 's5' },
          request: { auth: { token: 's6' } },
          models: [{ id: 'm', headers: { X: 's7' } }],
        },
      },
    },
    channels: {
      telegram: { botToken: 's8', tokenFile: '/f', proxy: 'http://user:s9@host', accounts: { b: { botToken: 's10' } } },
      googlechat: { serviceAccount: { private_key: 's11' } },
    },
    env: { vars: { OPENAI_API_KEY: 's12', PLAIN: 's13' } },
    hooks: { token: 's14', path: '/h' },
    skills: { entries: { x: { apiKey: 's15', env: { A: 's16' } } } },
    plugins: { entries: { p: { config: { webSearch: { apiKey: 's17', maxTokens: 5, url: 'https://x' } } } } },
    mcp: { servers: { m: { headers: { authorization: 's18' } } } },
    agents: { defaults: { contextTokens: 9, cliBackends: { c: { command: 'x', env: { TOKEN: 's19' } } } } },
    secrets: { providers: { v: { source: 'exec', command: '/x', env: { TOKEN: 's20' }, args: ['a'] } } },
  }
  const { config } = valid(await load(t, JSON.stringify(secretive)))
  const copy = await redactConfig(config)
  const text = JSON.stringify(copy)
  for (let n = 1; n <= 20; n++) t.notMatch(text, `"s${n}"`, `s${n}`)
  t.notMatch(text, 's9@')
  t.match(copy, {
    gateway: { auth: { token: redacted, password: reference, mode: 'token' }, remote: { url: 'ws://x' } },
    models: { providers: { a: { baseUrl: 'http://x/v1', models: [{ id: 'm' }] } } },
    channels: { telegram: { tokenFile: '/f' } },
    plugins: { entries: { p: { config: { webSearch: { apiKey: redacted, maxTokens: 5, url: 'https://x' } } } } },
    agents: { defaults: { contextTokens: 9, cliBackends: { c: { command: 'x' } } } },
    secrets: { providers: { v: { command: '/x', args: ['a'] } } },
    hooks: { path: '/h' },
  })
  t.equal(config.gateway?.auth?.token, 's1', 'the config itself is not touched')
  t.same(restoreRedacted(copy, config), config, 'and can be restored from it')
})

t.test('placeholders', async (t) => {
  t.ok(holdsRedacted({ a: [{ b: `x ${redacted}` }] }))
  t.notOk(holdsRedacted({ a: [{ b: 'x' }], c: null, d: 1 }))
  t.same(restoreRedacted({ a: redacted, b: [redacted, 1] }, { a: 'x', b: ['y'] }), { a: 'x', b: ['y', 1] })
  t.same(
    restoreRedacted({ a: redacted }, {}),
    { a: redacted },
    'what is not there stays a placeholder, which a write refuses',
  )
})
