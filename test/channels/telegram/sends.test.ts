import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../../src/kernel/clock.js'
import { until } from '../../helper/calls.js'
import { connected } from '../../helper/socket.js'
import { stage } from './stage.js'

const flood = { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 0 } }
const buffer = Buffer.from('%PDF-1.4 hello').toString('base64')

t.test('a file and long words: a second try of the words does not send the file again', async (t) => {
  const { api, gateway } = await stage(t)
  await api.called('setMyCommands')
  api.fails('sendMessage', flood, flood)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const message = 'word '.repeat(300).trim()
  await socket.call('send', {
    ...{ channel: 'telegram', to: '42', message, buffer, filename: 'a.pdf', idempotencyKey: 'k' },
  })
  t.equal(api.attempts('sendDocument'), 1)
  t.strictSame(api.sent, [message])
  await socket.call('send', {
    ...{ channel: 'telegram', to: '42', message: 'short', buffer, filename: 'a.pdf', idempotencyKey: 'l' },
  })
  t.match((await api.called('sendDocument', 2))[1], { caption: 'short' })
})

t.test('old files of chats go day by day, and not only at the start', async (t) => {
  const days: (() => void)[] = []
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => {
      if (ms !== 86_400_000) return systemClock.after(ms, run)
      days.push(run)
      return () => {}
    },
  }
  const { api, instance } = await stage(t, { clock })
  await api.called('setMyCommands')
  const folder = join(instance.paths.state, 'media', 'inbound')
  mkdirSync(folder, { recursive: true })
  const [old, fresh] = [join(folder, 'old.png'), join(folder, 'new.png')]
  for (const path of [old, fresh]) writeFileSync(path, 'x')
  utimesSync(old, 1_000_000, 1_000_000)
  for (const run of days.splice(0)) run()
  await until(() => !existsSync(old))
  t.ok(existsSync(fresh))
  t.ok(days.length > 0, 'the next day is planned')
})
