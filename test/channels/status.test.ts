import t from 'tap'
import { ConfigSchema } from '../../schemas/config/index.js'
import { knownChannels } from '../../src/channels/known.js'
import { channelStatuses } from '../../src/channels/status.js'
import type { Config } from '../../src/config/types.js'

t.test('every channel of the config is known, with keys that exist', async (t) => {
  const { defaults: _, ...sections } = ConfigSchema.properties.channels.properties
  t.same(Object.keys(knownChannels).sort(), Object.keys(sections).sort())
  for (const [id, section] of Object.entries(sections)) {
    for (const key of knownChannels[id]?.needs.flat() ?? []) t.ok(key in section.properties, `${id}.${key}`)
  }
})

t.test('what the config says of a channel', async (t) => {
  const account = (accountId: string, configured: boolean, enabled = true) => ({
    accountId,
    configured,
    enabled,
    running: false,
  })
  const cases: readonly [what: string, channels: NonNullable<Config['channels']>, accounts: object[]][] = [
    ['a token', { telegram: { botToken: '1:a' } }, [account('default', true)]],
    [
      'a reference',
      { telegram: { botToken: { source: 'env', provider: 'default', id: 'T' } } },
      [account('default', true)],
    ],
    ['the other way', { telegram: { tokenFile: '/t' } }, [account('default', true)]],
    ['nothing yet', { telegram: { enabled: true } }, [account('default', false)]],
    ['a variable that is not set', { telegram: { botToken: '$' + '{NOT_SET}' } }, [account('default', false)]],
    ['half of a pair', { feishu: { appId: 'a' } }, [account('default', false)]],
    ['turned off', { discord: { token: 'x', enabled: false } }, [account('default', true, false)]],
    [
      'accounts only',
      { telegram: { accounts: { a: { botToken: '1:a' }, b: { enabled: false } } } },
      [account('a', true), account('b', false, false)],
    ],
    [
      'one in the section, one beside',
      { telegram: { botToken: '1:a', accounts: { b: { botToken: '2:b' } } } },
      [account('default', true), account('b', true)],
    ],
    ['a login that is not in the config', { whatsapp: {} }, [account('default', true)]],
  ]
  for (const [what, channels, accounts] of cases)
    t.strictSame(channelStatuses({ channels }, {})[0]?.accounts, accounts, what)
  t.strictSame(channelStatuses({ channels: { defaults: { enabled: true } } }, {}), [], 'defaults are no channel')
  t.match(channelStatuses({ channels: { irc: { defaultAccount: 'b', accounts: { a: {}, b: {} } } } }, {}), [
    { defaultAccountId: 'b', label: 'IRC' },
  ])
})
