import t from 'tap'
import { accountsOf } from '../../src/channels/accounts.js'
import qqbot from '../../src/channels/qqbot/index.js'
import { routeOf } from '../../src/channels/route.js'
import { channelStatuses } from '../../src/channels/status.js'
import telegram from '../../src/channels/telegram/index.js'

const keysOf = (section: object, channel = telegram, name = 'telegram') =>
  Object.fromEntries(
    accountsOf({ channels: { [name]: section } } as never, name, channel, {}).map((one) => [one.id, one]),
  )

t.test('an account with a secret of its own takes no other secret of its section', (t) => {
  const work = keysOf({ tokenFile: '/run/bot-a', groups: {}, accounts: { work: { botToken: '222:BBB' } } }).work
  t.strictSame(work?.keys, { groups: {}, botToken: '222:BBB' })
  t.equal(work && telegram.credential?.(work, ''), '222:BBB')
  const file = keysOf({ botToken: '111:AAA', accounts: { work: { tokenFile: '/run/bot-b' } } }).work
  t.strictSame(file?.keys, { tokenFile: '/run/bot-b' })
  t.equal(file && telegram.credential?.(file, ''), '/run/bot-b')
  const qq = keysOf(
    { appId: '1', clientSecretFile: '/a', accounts: { work: { clientSecret: 's' } } },
    qqbot,
    'qqbot',
  ).work
  t.strictSame(qq?.keys, { appId: '1', clientSecret: 's' })
  t.end()
})

t.test('a secret whose variable is not set is not replaced by that of another bot', (t) => {
  t.strictSame(Object.keys(keysOf({ tokenFile: '/a', accounts: { work: { botToken: `\${NOT_SET}` } } })), ['default'])
  t.end()
})

t.test('of two secrets in one place the file is used, and is what only one gateway may use', (t) => {
  const both = keysOf({ botToken: '111:AAA', tokenFile: '/run/bot-a' }).default
  t.equal(both && telegram.credential?.(both, ''), '/run/bot-a')
  t.end()
})

t.test('variables make a default account for everybody who asks which that is', async (t) => {
  const config = {
    channels: { telegram: { accounts: { work: { botToken: '222:BBB' } } } },
    bindings: [{ agentId: 'family', match: { channel: 'telegram' } }],
  } as never
  const env = { TELEGRAM_BOT_TOKEN: '111:AAA' }
  const [status] = channelStatuses(config, env)
  t.equal(status?.defaultAccountId, 'default')
  const ids = accountsOf(config, 'telegram', telegram, env).map(({ id }) => id)
  t.strictSame(
    status?.accounts.map(({ accountId }) => accountId),
    ids,
  )
  const roster = { ids: ['main', 'family'], defaultId: 'main' } as never
  const message = { place: { kind: 'direct', id: '42' }, sender: { id: '42' } } as const
  const agents = ids.map((account) => routeOf(config, roster, { channel: 'telegram', account, message, env }).agent)
  t.strictSame(agents, ['family', 'main'], 'a binding without an account is for the default one')
})
