import { readFileSync } from 'node:fs'
import t from 'tap'
import { until } from '../../helper/calls.js'
import type { Body } from './server.js'
import { stage } from './stage.js'

const group = { chat: { id: -5, type: 'group', title: 'G' } }
const supergroup = { chat: { id: -1005, type: 'supergroup', title: 'G' } }
const settings = { requireMention: false }

async function moving(t: Parameters<typeof stage>[0], telegram: Body) {
  const all = await stage(t, { telegram: { groupPolicy: 'open', ...telegram } })
  const written = (): Body => JSON.parse(readFileSync(all.instance.paths.config, 'utf8')).channels.telegram
  all.api.says('before', group)
  await until(() => all.api.sent.length === 1)
  all.api.update({
    message: { message_id: 900, date: 1, ...group, from: { id: 42, first_name: 'Ada' }, migrate_to_chat_id: -1005 },
  })
  return { ...all, written }
}

t.test('a group that becomes a supergroup keeps its settings', async (t) => {
  const { api, written } = await moving(t, { groups: { '-5': settings } })
  await until(() => written().groups['-1005'] !== undefined)
  t.strictSame(written().groups, { '-1005': settings })
  api.says('after', supergroup)
  await until(() => api.sent.length === 2)
})

t.test('settings of an account go along there', async (t) => {
  const { written } = await moving(t, { accounts: { default: { groups: { '-5': settings } } }, groups: { '-5': {} } })
  await until(() => written().accounts.default.groups['-1005'] !== undefined)
  t.strictSame(written().groups, { '-5': {} })
})

t.test('configWrites false: the config stays as it is, and the message after it is heard', async (t) => {
  const { api, written, upstream } = await moving(t, { configWrites: false, groups: { '-5': settings } })
  api.says('still here', group)
  await until(() => upstream.requests.length === 2)
  t.strictSame(written().groups, { '-5': settings })
})

t.test('a group that moves takes its variables along as they are written', async (t) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the config holds
  const own = { requireMention: false, systemPrompt: 'Be ${HOME}' }
  const { written } = await moving(t, { groups: { '-5': own } })
  await until(() => written().groups['-1005'] !== undefined)
  t.strictSame(written().groups, { '-1005': own })
})
