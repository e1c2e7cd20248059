import t from 'tap'
import { load, valid } from './helper.js'

t.test('lists of senders that will not do what was meant', async (t) => {
  const rows: readonly (readonly [channels: object, warnings: readonly string[], accessGroups?: object])[] = [
    [{ telegram: { allowFrom: ['123456789', 'tg:123', '*'] } }, []],
    [{ telegram: { allowFrom: ['@ann'] } }, ['channels.telegram.allowFrom[0]']],
    [{ telegram: { groupAllowFrom: ['7', 'telegram:ann'] } }, ['channels.telegram.groupAllowFrom[1]']],
    [{ telegram: { allowFrom: ['-100123'] } }, ['channels.telegram.allowFrom[0]']],
    [{ telegram: { accounts: { work: { allowFrom: ['@ann'] } } } }, ['channels.telegram.accounts.work.allowFrom[0]']],
    [{ discord: { allowFrom: ['@ann'] } }, []],
    [{ telegram: { dmPolicy: 'allowlist' } }, ['channels.telegram.dmPolicy']],
    [{ telegram: { dmPolicy: 'allowlist', allowFrom: [] } }, ['channels.telegram.dmPolicy']],
    [{ telegram: { dmPolicy: 'allowlist', allowFrom: ['7'] } }, []],
    [{ telegram: { allowFrom: ['7'], accounts: { work: { dmPolicy: 'allowlist' } } } }, []],
    [{ qqbot: { appId: '1' } }, ['channels.qqbot']],
    [{ qqbot: { enabled: false } }, []],
    [{ qqbot: { dmPolicy: 'pairing' } }, []],
    [{ qqbot: { allowFrom: ['*'] } }, []],
    [{ telegram: { allowFrom: ['accessGroup:staff'] } }, ['channels.telegram.allowFrom[0]']],
    [{ telegram: { allowFrom: ['accessGroup:staff'] } }, [], { staff: { type: 'message.senders', members: {} } }],
    [
      { discord: { guilds: { '1': { channels: { '2': { users: ['accessGroup:gone'] } } } } } },
      ['channels.discord.guilds["1"].channels["2"].users[0]'],
    ],
  ]
  for (const [channels, wanted, accessGroups] of rows) {
    const { warnings } = valid(await load(t, JSON.stringify({ channels, ...(accessGroups && { accessGroups }) })))
    t.strictSame(
      warnings.map(({ path }) => path),
      wanted,
      JSON.stringify(channels),
    )
  }
})
