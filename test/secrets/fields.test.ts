import t from 'tap'
import { ConfigSchema } from '../../schemas/config/index.js'
import { secretSurfaces } from '../../schemas/secret-fields.js'
import type { SchemaNode } from '../../src/config/schema-node.js'
import { collectReferences, secretPlaces, strayReferences } from '../../src/secrets/collect.js'

t.test('the table of fields says what the schema says', async (t) => {
  const listed = secretSurfaces.flatMap(({ root, fields }) => fields.map((field) => `${root}.${field}`))
  t.equal(new Set(listed).size, listed.length, 'nothing stands twice')
  const found = [...new Set(secretFieldsOf(ConfigSchema, []))]
  // Plugins describe their own settings; the schema takes anything there.
  const plugins = listed.filter((path) => path.startsWith('plugins.entries.'))
  t.strictSame([...found, ...plugins].sort(), [...listed].sort())
})

/** Paths of everything that is secret and may be a reference. */
function secretFieldsOf(schema: SchemaNode, path: readonly string[]): string[] {
  const takesReference = schema.anyOf?.some(({ anyOf }) => anyOf?.some(({ properties }) => properties?.source))
  const anything = schema.type === undefined && schema.anyOf === undefined
  if (schema['x-secret'] && (takesReference || anything)) return [path.join('.')]
  const inner = [
    ...Object.entries(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}).map((one) => ['*', one] as const),
    ...(schema.items ? [['[]', schema.items] as const] : []),
  ]
  const more = (schema.anyOf ?? []).flatMap((one) => secretFieldsOf(one, path))
  return [...more, ...inner.flatMap(([key, one]) => secretFieldsOf(one as SchemaNode, [...path, key]))]
}

const ref = { source: 'file', provider: 'vault', id: '/a' } as const

t.test('places are found, with who owns them', async (t) => {
  const config = {
    gateway: { auth: { token: ref } },
    models: { providers: { one: { apiKey: ref, models: [{ id: 'm', headers: { 'x-key': 'text' } }] } } },
    channels: { telegram: { botToken: '$TOKEN', accounts: { work: { botToken: ref } } } },
  }
  t.strictSame(
    secretPlaces(config).map(({ path, owner }) => [path.join('.'), owner]),
    [
      ['gateway.auth.token', 'gateway:ingress-auth'],
      ['models.providers.one.apiKey', 'provider:one'],
      ['models.providers.one.models.0.headers.x-key', 'provider:one'],
      ['channels.telegram.botToken', 'channel:telegram'],
      ['channels.telegram.accounts.work.botToken', 'channel:telegram/work'],
    ],
  )
})

t.test('what is off is not read', async (t) => {
  const token = { token: ref, password: ref }
  const rows: [name: string, config: object, inactive: readonly string[], active: readonly string[]][] = [
    ['the mode', { gateway: { auth: { ...token, mode: 'token' } } }, ['gateway.auth.password'], ['gateway.auth.token']],
    ['no auth', { gateway: { auth: { ...token, mode: 'none' } } }, ['gateway.auth.token', 'gateway.auth.password'], []],
    [
      'behind a proxy',
      { gateway: { auth: { ...token, mode: 'trusted-proxy' } } },
      ['gateway.auth.token'],
      ['gateway.auth.password'],
    ],
    ['no mode', { gateway: { auth: { token: ref } } }, [], ['gateway.auth.token']],
    ['for clients', { gateway: { remote: { token: ref, url: 'wss://x' } } }, ['gateway.remote.token'], []],
    ['a channel', { channels: { slack: { enabled: false, appToken: ref } } }, ['channels.slack.appToken'], []],
    [
      'an account',
      { channels: { discord: { accounts: { a: { enabled: false, token: ref }, b: { token: ref } } } } },
      ['channels.discord.accounts.a.token'],
      ['channels.discord.accounts.b.token'],
    ],
    [
      'another search provider',
      { tools: { web: { search: { provider: 'brave', brave: { apiKey: ref }, perplexity: { apiKey: ref } } } } },
      ['tools.web.search.perplexity.apiKey'],
      ['tools.web.search.brave.apiKey'],
    ],
    ['a skill', { skills: { entries: { s: { enabled: false, apiKey: ref } } } }, ['skills.entries.s.apiKey'], []],
    [
      'plugins',
      { plugins: { enabled: false, entries: { p: { config: { webSearch: { apiKey: ref } } } } } },
      ['plugins.entries.p.config.webSearch.apiKey'],
      [],
    ],
    ['cron', { cron: { enabled: false, webhookToken: ref } }, ['cron.webhookToken'], []],
    [
      'ssh keys without ssh',
      { agents: { defaults: { sandbox: { ssh: { identityData: ref } } } } },
      ['agents.defaults.sandbox.ssh.identityData'],
      [],
    ],
    [
      'ssh of an agent',
      {
        agents: {
          defaults: { sandbox: { backend: 'ssh' } },
          entries: { a: { sandbox: { ssh: { identityData: ref } } } },
        },
      },
      [],
      ['agents.entries.a.sandbox.ssh.identityData'],
    ],
  ]
  for (const [name, config, inactive, active] of rows) {
    const found = collectReferences(config)
    t.strictSame(
      found.inactive.map(({ path }) => path),
      inactive,
      name,
    )
    t.strictSame(
      found.active.map(({ path }) => path),
      active,
      name,
    )
  }
  const remote = { gateway: { remote: { token: ref, url: 'wss://x' } } }
  t.equal(collectReferences(remote, 'all').active.length, 1, 'an audit looks at what clients use too')
})

t.test('a reference where none is read is told', async (t) => {
  const config = { plugins: { entries: { p: { config: { other: ref, webSearch: { apiKey: ref } } } } } }
  t.strictSame(strayReferences(config), ['plugins.entries.p.config.other'])
})
