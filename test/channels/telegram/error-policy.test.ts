import t from 'tap'
import { ErrorPolicy } from '../../../src/channels/error-policy.js'
import { until } from '../../helper/calls.js'
import { HandClock } from '../../helper/clock.js'
import { stage } from './stage.js'

const broken = { status: 500, body: { error: { message: 'the model is broken' } } }

t.test('always: each failure is read; silent: none', async (t) => {
  const { api, upstream } = await stage(t, { script: broken, telegram: { streaming: 'off' } })
  api.says('hello')
  await until(() => api.sent.length === 1)
  t.match(api.sent, [/^⚠️/])
  t.ok(upstream.requests.length > 0)
  const silent = await stage(t, { script: broken, telegram: { streaming: 'off', errorPolicy: 'silent' } })
  silent.api.says('hello')
  await until(() => silent.upstream.requests.length > 0)
  silent.api.says('/whoami')
  await until(() => silent.api.sent.length === 1)
  t.match(silent.api.sent, [/agent:main:main/], 'commands are answered, the failure is not told')
})

t.test('once: the same words in one chat are said again when their time is over', async (t) => {
  const clock = new HandClock()
  const policy = new ErrorPolicy(clock)
  const account = (keys: object) => ({ channel: 'telegram', id: 'default', path: '', keys: { ...keys } })
  const place = (id: string) => ({ kind: 'direct' as const, id })
  const tells = (words: string, id = '42', keys: object = {}) =>
    policy.tells(account({ errorPolicy: 'once', ...keys }), place(id), words)
  t.strictSame([tells('a'), tells('a'), tells('b'), tells('a', '43')], [true, false, true, true])
  clock.advance(4 * 3_600_000)
  t.strictSame([tells('a'), tells('a')], [true, false])
  clock.advance(1_000)
  t.equal(tells('a', '42', { errorCooldownMs: 500 }), true)
  t.equal(policy.tells(account({}), place('42'), 'a'), true)
})
