import t from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()
const config = {
  models: {
    providers: {
      p: {
        baseUrl: 'http://127.0.0.1:1/v1',
        apiKey: 'key-of-p',
        models: [
          {
            id: 'one',
            name: 'One',
            contextWindow: 9000,
            contextTokens: 8000,
            reasoning: true,
            input: ['text', 'image'],
          },
          { id: 'a/b' },
        ],
      },
      keyless: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: '$' + '{NOT_SET}', models: [{ id: 'x' }] },
    },
  },
  agents: {
    defaults: { model: 'p/one', models: { 'openai/gpt-5': { alias: 'best' } } },
    entries: { main: {}, work: { model: { primary: 'best', fallbacks: ['p/a/b'] } } },
  },
}

t.test('models.list', async (t) => {
  const app = await build(t, testConfig(config))
  const cases: readonly [what: string, params: object, refs: string[]][] = [
    ['the default agent', {}, ['p/one', 'openai/gpt-5', 'p/a/b', 'keyless/x']],
    ['an agent, its own first', { agentId: 'work' }, ['openai/gpt-5', 'p/a/b', 'p/one', 'keyless/x']],
    [
      'of a session',
      { sessionKey: 'agent:work:main', view: 'configured' },
      ['openai/gpt-5', 'p/a/b', 'p/one', 'keyless/x'],
    ],
    ['what the config describes', { view: 'provider-config' }, ['p/one', 'p/a/b', 'keyless/x']],
    ['all', { view: 'all', refresh: true }, ['p/one', 'openai/gpt-5', 'p/a/b', 'keyless/x', 'builtin/echo']],
  ]
  for (const [what, params, refs] of cases) {
    const list = await resultOf(app, 'models.list', params)
    t.strictSame(protocol.problems('ModelsListResult', list), [], what)
    t.strictSame(
      list.models.map(({ provider, id }: { provider: string; id: string }) => `${provider}/${id}`),
      refs,
      what,
    )
  }
  const { models } = await resultOf(app, 'models.list')
  t.strictSame(models, [
    {
      id: 'one',
      name: 'One',
      provider: 'p',
      available: true,
      contextWindow: 8000,
      reasoning: true,
      input: ['text', 'image'],
    },
    {
      id: 'gpt-5',
      name: 'gpt-5',
      provider: 'openai',
      alias: 'best',
      available: false,
      unavailableReason: 'missing-auth',
    },
    { id: 'a/b', name: 'a/b', provider: 'p', available: true },
    { id: 'x', name: 'x', provider: 'keyless', available: false, unavailableReason: 'missing-auth' },
  ])
})

t.test('without a config there is the embedded model; a policy narrows the choice', async (t) => {
  t.match(await resultOf(await build(t), 'models.list'), {
    models: [{ id: 'echo', provider: 'builtin', available: true }],
  })
  const policy = { ...config, agents: { defaults: { model: 'p/one', modelPolicy: { allow: ['p/a/b'] } } } }
  const app = await build(t, testConfig(policy))
  const ids = async (params: object) =>
    (await resultOf(app, 'models.list', params)).models.map(({ id }: { id: string }) => id)
  t.same(await ids({}), ['one', 'a/b'])
  t.same(await ids({ view: 'all' }), ['one', 'a/b', 'x', 'echo'])
})

t.test('models.authStatus', async (t) => {
  const app = await build(t, testConfig(config))
  const { providers } = await resultOf(app, 'models.authStatus')
  t.match(providers, [
    { provider: 'p', status: 'static' },
    { provider: 'openai', status: 'missing' },
    { provider: 'keyless', status: 'missing' },
  ])
  t.notMatch(JSON.stringify(providers), 'key-of-p')
})

t.test('what is refused', async (t) => {
  const app = await build(t)
  t.match(await errorOf(app, 'models.list', { view: 'some' }), { message: /^invalid models\.list params: at \/view/ })
  for (const method of ['models.list', 'models.authStatus', 'usage.cost']) {
    t.match(await errorOf(app, method, { agentId: 'nobody' }), { message: 'agent "nobody" not found' }, method)
  }
  for (const params of [{ days: 0 }, { startDate: 'yesterday' }, { mode: 'mars' }, { utcOffset: '+2' }]) {
    t.match(await errorOf(app, 'usage.cost', params), { code: 'invalid_params' }, JSON.stringify(params))
  }
  t.match(await errorOf(app, 'usage.cost', { mode: 'specific', timeZone: 'Mars/Base' }), { code: 'invalid_request' })
})
