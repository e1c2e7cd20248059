import t from 'tap'
import { getPath } from '../../src/config/get.js'
import { parseValue } from '../../src/config/value.js'
import { load, valid } from './helper.js'

const text = `{
  identity: { name: "Clawd" },
  agents: { list: [{ id: "a", default: true }, { id: "b", model: { primary: "p/m", fallbacks: ["q/n"] } }], defaults: { models: { "p/m.x": { alias: "m" } } } },
  gateway: { token: "t", port: 1 },
  channels: { whatsapp: { groups: { "*": { requireMention: true } } } },
  plugins: { entries: { p: { config: { deep: { er: [1, { x: 2 }] } } } } },
}`

t.test('values by path', async (t) => {
  const { config } = valid(await load(t, text))
  const rows: Readonly<Record<string, unknown>> = {
    'gateway.port': 1,
    'gateway.auth.token': 't',
    'gateway.token': 't',
    'agents.entries.b.model.fallbacks[0]': 'q/n',
    'agents.defaults.models["p/m.x"].alias': 'm',
    'channels.whatsapp.groups["*"].requireMention': true,
    'channels.whatsapp.groups.*.requireMention': true,
    'identity.name': 'Clawd',
    'plugins.entries.p.config.deep.er[1].x': 2,
    'gateway.bind': undefined,
    'agents.defaults.model.primary': undefined,
    'models.providers.none.apiKey.source': undefined,
    'channels.telegram.streaming.block.enabled': undefined,
  }
  for (const [path, value] of Object.entries(rows)) t.strictSame(await getPath(config, path), value, path)
  t.strictSame(await getPath(config, ''), config)
})

t.test('unknown paths', async (t) => {
  for (const path of [
    'gateway.prot',
    'nothing',
    'gateway.port.x',
    'gateway[0]',
    'bindings.x',
    'a..b',
    'agents.entries["a b"]',
    '__proto__',
    'gateway.constructor',
  ]) {
    const error = await getPath({}, path).then(
      () => undefined,
      (error: unknown) => error,
    )
    t.match(error, { code: 'config_path_unknown', message: /openclaw config schema/ }, path)
  }
})

t.test('values from a command line', async (t) => {
  const rows: readonly (readonly [path: string, text: string, value: unknown])[] = [
    ['gateway.port', '19789', 19789],
    ['gateway.port', 'x', 'x'],
    ['gateway.mode', 'local', 'local'],
    ['gateway.mode', '"local"', 'local'],
    ['cron.enabled', 'false', false],
    ['gateway.auth.token', '123456', '123456'],
    ['gateway.auth.token', 'true', 'true'],
    ['gateway.auth.token', 'null', null],
    [
      'gateway.auth.token',
      '{source: "env", provider: "default", id: "X"}',
      { source: 'env', provider: 'default', id: 'X' },
    ],
    ['channels.whatsapp.allowFrom[0]', '+15555550123', '+15555550123'],
    ['channels.telegram.allowFrom[0]', '12345', 12345],
    ['channels.discord.allowFrom[0]', '123456789012345678', '123456789012345678'],
    ['channels.whatsapp.allowFrom', '["+1", "2"]', ['+1', '2']],
    ['agents.defaults.heartbeat.every', '30m', '30m'],
    ['agents.defaults.heartbeat.every', '30', 30],
    ['session.reset.atHour', '0x4', 4],
    ['plugins.entries.p.config.x', '5', 5],
    ['agents.defaults.workspace', '~/work space', '~/work space'],
    ['agents.defaults.workspace', '', ''],
    ['agents.defaults.model', '{ primary: "a/b", }', { primary: 'a/b' }],
  ]
  for (const [path, text, value] of rows) t.strictSame(await parseValue(path, text), value, `${path} ${text}`)
})
