import t from 'tap'
import { holdsRedacted, redactConfig, redacted } from '../../src/config/redact.js'
import { restoreRedacted } from '../../src/config/restore.js'
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
  t.same(restoreRedacted(copy, config, copy), config, 'and can be restored from it')
})

t.test('settings that the schema leaves open are judged by the names of their keys', async (t) => {
  const config = {
    webSearch: { apiKey: 's1', baseUrl: 'http://x', credentials: { user: 's2' } },
    list: [{ token: 's3' }],
  }
  const loaded = valid(await load(t, JSON.stringify({ plugins: { entries: { p: { config } } } })))
  const shown = JSON.stringify(await redactConfig(loaded.config))
  t.notMatch(shown, /"s\d"/)
  t.match(shown, 'http://x')
})

t.test('placeholders', async (t) => {
  t.ok(holdsRedacted({ a: [{ b: `x ${redacted}` }] }))
  t.notOk(holdsRedacted({ a: [{ b: 'x' }], c: null, d: 1 }))
})

t.test('a placeholder is restored only where something was hidden', async (t) => {
  const [a, b] = ['secret a', 'secret b']
  const item = (id: string, key: string) => ({ id, key })
  const bare = (name: string, key: string) => ({ name, key })
  const cases: readonly [what: string, sent: unknown, current: unknown, shown: unknown, restored: unknown][] = [
    ['a value', { x: redacted }, { x: a }, { x: redacted }, { x: a }],
    ['a value that is not there', { x: redacted }, {}, {}, { x: redacted }],
    ['a value that was no secret', { x: redacted }, { x: 5 }, { x: 5 }, { x: redacted }],
    ['a renamed key', { y: redacted }, { x: a }, { x: redacted }, { y: redacted }],
    ['a prototype name', { constructor: redacted }, {}, {}, { constructor: redacted }],
    ['texts of a list', [redacted, 'new'], [a], [redacted], [a, 'new']],
    ['a list that lost one of its secrets', [redacted], [a, b], [redacted, redacted], [redacted]],
    ['the only secret of a list', [redacted], ['x', a], ['x', redacted], [a]],
    [
      'entries with ids, in another order',
      [item('2', redacted), item('1', redacted)],
      [item('1', a), item('2', b)],
      [item('1', redacted), item('2', redacted)],
      [item('2', b), item('1', a)],
    ],
    ['an entry with a new id', [item('3', redacted)], [item('1', a)], [item('1', redacted)], [item('3', redacted)]],
    [
      'entries without ids, the first one removed',
      [bare('two', redacted)],
      [bare('one', a), bare('two', b)],
      [bare('one', redacted), bare('two', redacted)],
      [bare('two', b)],
    ],
    [
      'an entry without an id that was edited',
      [bare('ONE', redacted), bare('two', redacted)],
      [bare('one', a), bare('two', b)],
      [bare('one', redacted), bare('two', redacted)],
      [bare('ONE', a), bare('two', b)],
    ],
  ]
  for (const [what, sent, current, shown, restored] of cases) {
    t.same(restoreRedacted(sent, current, shown), restored, what)
  }
})

t.test('secrets in URLs, in headers of what the schema leaves open, and under names that do not say so', async (t) => {
  const config = {
    commands: { ownerDisplaySecret: 's1' },
    browser: { cdpUrl: 'wss://b.example?token=s2', profiles: { a: { cdpUrl: 'wss://b.example/x?apiKey=s3&w=1' } } },
    hooks: { internal: { entries: { x: { url: 'https://hooks.example/services/s4', on: ['turn:end'] } } } },
    mcp: { servers: { x: { headers: { 'X-A': 's5' }, url: 'https://x.example/mcp?api_key=s6' } } },
    models: { providers: { p: { baseUrl: 'https://h.example/v1?key=s7', models: [{ id: 'm' }] } } },
  }
  const loaded = valid(await load(t, JSON.stringify(config)))
  const copy = await redactConfig(loaded.config)
  for (let n = 1; n <= 7; n++) t.notMatch(JSON.stringify(copy), `s${n}`, `s${n}`)
  t.same(restoreRedacted(copy, loaded.config, copy), loaded.config)
})
