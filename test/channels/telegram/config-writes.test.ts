import { readFileSync } from 'node:fs'
import t from 'tap'
import { until } from '../../helper/calls.js'
import { stage } from './stage.js'

const owner = { commands: { config: true, ownerAllowFrom: ['telegram:42'] } }

t.test('the owner changes the config from a chat; configWrites: false keeps it', async (t) => {
  const { api, instance } = await stage(t, { more: owner })
  api.says('/config set session.reset.atHour 5')
  await until(() => api.sent.length === 1)
  t.match(api.sent, [/^Set session\.reset\.atHour/])
  t.match(JSON.parse(readFileSync(instance.paths.config, 'utf8')), { session: { reset: { atHour: 5 } } })
  for (const [telegram, key] of [
    [{ configWrites: false }, 'channels.telegram.configWrites'],
    [{ accounts: { default: { configWrites: false } } }, 'channels.telegram.accounts.default.configWrites'],
  ] as const) {
    const closed = await stage(t, { more: owner, telegram })
    const before = readFileSync(closed.instance.paths.config, 'utf8')
    closed.api.says('/config set session.reset.atHour 5')
    await until(() => closed.api.sent.length === 1)
    t.strictSame(closed.api.sent, [`The config is not changed from this chat: ${key} is false.`])
    closed.api.says('/config unset channels.telegram.configWrites')
    await until(() => closed.api.sent.length === 2)
    t.match(closed.api.sent[1], /is false/)
    t.equal(readFileSync(closed.instance.paths.config, 'utf8'), before)
    closed.api.says('/config show channels.telegram.dmPolicy')
    await until(() => closed.api.sent.length === 3)
    t.match(closed.api.sent[2], /open/, 'reading is allowed')
  }
})

t.test('/config show takes the paths that /config set takes', async (t) => {
  const { api } = await stage(t, { more: owner, telegram: { groups: { '-100': { requireMention: true } } } })
  api.says('/config show channels.telegram.groups["-100"].requireMention')
  await until(() => api.sent.length === 1)
  t.match(api.sent[0], /true/)
})
