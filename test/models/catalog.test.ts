import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { resolveModel } from '../../src/models/catalog.js'
import { openCatalog } from '../../src/models/open-catalog.js'

/** Seed 003, "a local model only", as written there. */
const lmstudio: Config = {
  agents: { defaults: { model: { primary: 'lmstudio/minimax-m2.5-gs32' } } },
  models: {
    mode: 'merge',
    providers: {
      lmstudio: {
        baseUrl: 'http://127.0.0.1:1234/v1',
        apiKey: 'lmstudio',
        api: 'openai-responses',
        models: [
          {
            id: 'minimax-m2.5-gs32',
            name: 'MiniMax M2.5 GS32',
            reasoning: false,
            input: ['text'],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: 196608,
            maxTokens: 8192,
          },
        ],
      },
    },
  },
}

const withProvider = (
  settings: NonNullable<NonNullable<Config['models']>['providers']>[string],
  mode?: 'merge' | 'replace',
): Config => ({
  models: { ...(mode ? { mode } : {}), providers: { p: settings } },
})
const local = { baseUrl: 'http://127.0.0.1:9/v1' }

t.test("the seed's local model", async (t) => {
  const { account, ...model } = resolveModel(lmstudio, 'lmstudio/minimax-m2.5-gs32', {})
  t.match(account, /^lmstudio:config#[0-9a-f]{8}$/)
  t.same(model, {
    ref: 'lmstudio/minimax-m2.5-gs32',
    provider: 'lmstudio',
    id: 'minimax-m2.5-gs32',
    api: 'openai-responses',
    baseUrl: 'http://127.0.0.1:1234/v1',
    apiKey: 'lmstudio',
    headers: {},
    input: ['text'],
    contextWindow: 196608,
    maxTokens: 8192,
    idleTimeoutMs: 300_000,
    patienceMs: 300_000,
    price: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    compat: undefined,
    params: {},
  })
})

t.test('what is found without a config', async (t) => {
  t.match(resolveModel({}, 'builtin/echo', {}), { api: 'builtin-echo', apiKey: undefined })
  t.match(resolveModel({}, 'openrouter/anthropic/claude-x', { OPENROUTER_API_KEY: 'k' }), {
    provider: 'openrouter',
    id: 'anthropic/claude-x',
    baseUrl: 'https://openrouter.ai/api/v1',
    apiKey: 'k',
    api: 'openai-completions',
    input: ['text', 'image'],
    idleTimeoutMs: 120_000,
  })
  t.match(resolveModel({}, 'ollama/qwen3', {}), { baseUrl: 'http://127.0.0.1:11434/v1', apiKey: undefined })
  t.match(resolveModel({}, 'google/gemini', { GOOGLE_API_KEY: 'second' }), { apiKey: 'second' })
})

t.test('keys', async (t) => {
  const key = (apiKey: string | { source: 'env' | 'file'; provider: string; id: string }) =>
    resolveModel(
      withProvider({ ...local, apiKey }),
      'p/m',
      { KEY: 'from-env' },
      {
        secret: ({ id, source }) => (source === 'env' ? undefined : { state: 'ok', value: `secret ${id}` }),
      },
    ).apiKey
  t.equal(key('plain'), 'plain')
  t.equal(key(`\${KEY}`), 'from-env')
  t.equal(key('$KEY'), 'from-env')
  t.equal(key('$key stays'), '$key stays')
  t.equal(key({ source: 'env', provider: 'default', id: 'KEY' }), 'from-env')
  t.equal(key({ source: 'file', provider: 'f', id: '/a' }), 'secret /a')
  t.throws(() => key(`\${NONE}`), {
    code: 'secret_unavailable',
    message: /models\.providers\.p\.apiKey: The environment variable NONE/,
  })
  const file = { source: 'file', provider: 'f', id: '/a' } as const
  t.throws(() => resolveModel(withProvider({ ...local, apiKey: file }), 'p/m', {}), { code: 'secret_unavailable' })

  t.throws(() => resolveModel({}, 'openai/gpt-5', {}), { code: 'upstream_auth_failed', message: /OPENAI_API_KEY/ })
  const openai = (settings: object): Config => ({ models: { providers: { openai: settings } } })
  t.equal(
    resolveModel(openai({ apiKey: 'config' }), 'openai/x', { OPENAI_API_KEY: 'env' }).apiKey,
    'config',
    'the config wins',
  )
  t.equal(resolveModel(openai({ apiKey: '' }), 'openai/x', { OPENAI_API_KEY: 'env' }).apiKey, 'env')
  t.equal(resolveModel(openai(local), 'openai/x', {}).apiKey, undefined, 'another address may want none')
  t.equal(resolveModel(openai({ ...local, authHeader: false, apiKey: 'x' }), 'openai/x', {}).apiKey, undefined)
  t.equal(resolveModel(openai({ request: { auth: { token: 'tok' } } }), 'openai/x', {}).apiKey, 'tok')
})

t.test('headers', async (t) => {
  const config = withProvider({
    ...local,
    headers: { 'X-A': `\${KEY}`, 'X-B': 'provider' },
    request: {
      auth: { mode: 'header', headerName: 'Api-Key', value: `\${KEY}`, prefix: 'k ' },
      headers: { 'x-c': 'c' },
    },
    models: [{ id: 'm', headers: { 'x-b': 'model' } }],
  })
  t.same(resolveModel(config, 'p/m', { KEY: 'v' }).headers, {
    'x-a': 'v',
    'x-b': 'model',
    'x-c': 'c',
    'api-key': 'k v',
  })
  t.throws(() => resolveModel(config, 'p/m', {}), { message: /headers\.X-A/ })
})

t.test('rows and their provider', async (t) => {
  const config = withProvider({
    ...local,
    maxTokens: 100,
    timeoutSeconds: 7,
    params: { a: 1, b: 1, c: 1, d: 1 },
    models: [
      {
        id: 'm',
        api: 'ollama',
        baseUrl: 'http://localhost:8/x',
        contextWindow: 900,
        contextTokens: 500,
        params: { b: 2 },
        input: ['text', 'image'],
        compat: {
          maxTokensField: 'max_completion_tokens',
          supportsDeveloperRole: true,
          supportsStrictMode: 'yes',
          other: 1,
        },
      },
      { id: 'plain' },
    ],
  })
  config.agents = {
    defaults: { models: { 'p/m': { alias: 'Fast', params: { c: 3 } } } },
    entries: { main: { params: { d: 4 } }, other: {} },
  }
  t.match(resolveModel(config, 'p/m', {}, { agentId: 'main' }), {
    api: 'ollama',
    baseUrl: 'http://localhost:8/x',
    contextWindow: 500,
    maxTokens: 100,
    idleTimeoutMs: 7000,
    params: { a: 1, b: 2, c: 3, d: 4 },
    input: ['text', 'image'],
  })
  t.same(resolveModel(config, 'p/m', {}).compat, {
    maxTokensField: 'max_completion_tokens',
    supportsDeveloperRole: true,
  })
  t.equal(resolveModel(config, 'p/m', {}, { agentId: 'other' }).params?.d, 1)
  t.match(resolveModel(config, 'p/plain', {}), { input: ['text'], contextWindow: undefined })
  t.equal(resolveModel(config, 'fast', {}).ref, 'p/m', 'alias, any case')
  t.equal(resolveModel(config, 'plain', {}).ref, 'p/plain', 'bare id')
  t.equal(resolveModel(config, 'p/not-listed', {}).id, 'not-listed', 'merge: ids beyond the list are fine')
})

t.test('refusals', async (t) => {
  const listed = { ...local, models: [{ id: 'm' }] }
  const cases: [string, Config, string, RegExp][] = [
    ['unknown provider', {}, 'nobody/x', /models\.providers\.nobody\.baseUrl/],
    ['no provider', {}, 'gpt-5', /Write <provider>\/<model>/],
    ['empty', {}, '', /Write <provider>/],
    ['no id', {}, 'openai/', /Write <provider>/],
    ['prototype', {}, '__proto__/x', /__proto__/],
    ['ambiguous', { models: { providers: { a: listed, b: listed } } }, 'm', /Several providers/],
    ['replace: not listed', withProvider(listed, 'replace'), 'p/x', /models\.providers\.p\.models/],
    ['replace: built-in catalogue is off', withProvider(listed, 'replace'), 'ollama/x', /ollama/],
    ['no baseUrl', withProvider({}), 'p/x', /p\.baseUrl/],
    ['no URL', withProvider({ baseUrl: 'localhost' }), 'p/x', /is not a URL/],
    ['other scheme', withProvider({ baseUrl: 'ftp://x/y' }), 'p/x', /http:\/\//],
    ['credentials', withProvider({ baseUrl: 'http://u:secret@x/y' }), 'p/x', /user name or password/],
    ['embedded', {}, 'builtin/other', /builtin\/echo/],
  ]
  for (const [name, config, model, message] of cases) {
    const error = thrown(() => resolveModel(config, model, { OPENAI_API_KEY: 'k' }))
    t.equal(error?.code, 'model_not_found', name)
    t.match(error?.message, message, name)
    t.notMatch(error?.message, /secret/)
  }
  t.equal(resolveModel(withProvider(listed, 'replace'), 'builtin/echo', {}).ref, 'builtin/echo', 'always there')
})

t.test('the catalog of one config', async (t) => {
  const catalog = openCatalog({ config: lmstudio, env: {} })
  const model = catalog.resolve('lmstudio/minimax-m2.5-gs32', 'main')
  t.equal(catalog.resolve('lmstudio/minimax-m2.5-gs32', 'main'), model, 'the same object')
  for (let at = 0; at < 1000; at++) catalog.resolve(`lmstudio/other-${at}`)
  t.same(catalog.resolve('lmstudio/minimax-m2.5-gs32', 'main'), model)
  t.same(catalog.forAgent('main'), { primary: 'lmstudio/minimax-m2.5-gs32', fallbacks: [] })
  t.equal(catalog.embedding(), undefined)
  t.same(catalog.list(), [{ ref: 'lmstudio/minimax-m2.5-gs32', provider: 'lmstudio', name: 'MiniMax M2.5 GS32' }])
})

function thrown(run: () => unknown): GatewayError | undefined {
  try {
    run()
  } catch (error) {
    return error instanceof GatewayError ? error : undefined
  }
  return undefined
}
