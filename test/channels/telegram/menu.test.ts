import t from 'tap'
import { menuOf } from '../../../src/channels/telegram/menu.js'
import { until } from '../../helper/calls.js'
import { type Body, TelegramServer } from './server.js'
import { asked, stage } from './stage.js'

const custom = [
  { command: '/Deploy', description: 'Ship it' },
  { command: 'status', description: 'is one already' },
  { command: 'with blank', description: 'x' },
  { command: 'empty', description: '' },
]

t.test('customCommands stand in the menu, and what they say is for the agent', async (t) => {
  const { api, upstream } = await stage(t, { telegram: { customCommands: custom } })
  const [menu] = await api.called('setMyCommands')
  const commands = (menu?.commands ?? []) as Body[]
  t.strictSame(commands.at(-1), { command: 'deploy', description: 'Ship it' })
  t.equal(commands.filter(({ command }) => command === 'status').length, 1)
  t.equal(
    commands.some(({ command }) => command === 'empty' || command === 'with blank'),
    false,
  )
  api.says('/deploy now')
  await until(() => upstream.requests.length === 1)
  t.strictSame(asked(upstream.requests), ['/deploy now'])
})

t.test('commands.native false: only what the config names, or no menu at all', async (t) => {
  const own = await stage(t, { telegram: { customCommands: custom.slice(0, 1), commands: { native: false } } })
  t.strictSame(await own.api.called('setMyCommands'), [{ commands: [{ command: 'deploy', description: 'Ship it' }] }])
  const none = await stage(t, { more: { commands: { native: false } } })
  await none.api.called('deleteMyCommands')
  t.equal(none.api.attempts('setMyCommands'), 0)
})

t.test('a menu that is too long for Telegram is cut, its own entries last', async (t) => {
  const own = Array.from({ length: 30 }, (_, index) => ({ command: `own_${index}`, description: 'x' }))
  const server = await new TelegramServer().start(t)
  const much = { error_code: 400, description: 'Bad Request: BOT_COMMANDS_TOO_MUCH' }
  server.fails('setMyCommands', much, much)
  const { api } = await stage(t, { telegram: { customCommands: own }, server })
  const [menu] = await api.called('setMyCommands')
  const commands = menu?.commands as Body[]
  t.ok(commands.length === 25 || commands.length === 10)
  t.ok(commands.every(({ command }) => String(command).startsWith('own_')))
})

t.test('a hundred entries at the most; those of the config stay', async (t) => {
  const many = (prefix: string, length: number) =>
    Array.from({ length }, (_, index) => ({ command: `${prefix}${index}`, description: 'x' }))
  const { commands } = menuOf({ custom: many('own', 30), native: true }, many('native', 90))
  t.equal(commands.length, 100)
  t.equal(commands.filter(({ command }) => command.startsWith('own')).length, 30)
})
