import { appendFile, readFile } from 'node:fs/promises'
import t from 'tap'
import { until } from '../../helper/calls.js'
import { build, testConfig, token } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf } from '../../helper/rpc.js'

t.test('logs.tail follows the log of the gateway, without its secrets', async (t) => {
  const app = await build(t, testConfig())
  const { log, logPath } = app.runtime
  log.info({ token }, 'the first line')
  await until(async () => (await readFile(logPath, 'utf8').catch(() => '')).includes('the first line'))
  const first = await resultOf(app, 'logs.tail')
  t.strictSame(new ProtocolSchema().problems('LogsTailResult', first), [])
  t.match(first, { file: logPath, cursor: first.size })
  const line = first.lines.find((text: string) => text.includes('the first line'))
  t.match(JSON.parse(line), { msg: 'the first line', token: '[redacted]' })

  await appendFile(logPath, 'one\ntwo\nthree\n')
  const { lines, cursor } = await resultOf(app, 'logs.tail', { cursor: first.cursor, limit: 1 })
  t.ok(lines.length === 1 && cursor > first.cursor)
  const { lines: last } = await resultOf(app, 'logs.tail', { limit: 2 })
  t.equal(last.length, 2)
})

t.test('params', async (t) => {
  const app = await build(t)
  const wrong = [
    { cursor: -1 },
    { cursor: 1.5 },
    { limit: 0 },
    { limit: 5001 },
    { maxBytes: 0 },
    { maxBytes: 1_000_001 },
  ]
  for (const params of wrong) {
    t.match(await errorOf(app, 'logs.tail', params), { code: 'invalid_params' }, JSON.stringify(params))
  }
  t.match(await resultOf(app, 'logs.tail', { cursor: 10 ** 9 }), { reset: true })
})

t.test('logs.tail with waitMs: the answer comes with the next line', async (t) => {
  const app = await build(t, testConfig())
  const { log, logPath } = app.runtime
  log.info('before')
  await until(async () => (await readFile(logPath, 'utf8').catch(() => '')).includes('before'))
  const { cursor } = await resultOf(app, 'logs.tail')
  const next = resultOf(app, 'logs.tail', { cursor, waitMs: 30_000 })
  log.warn('what was waited for')
  const { lines } = await next
  t.ok(lines.some((line: string) => line.includes('what was waited for')))
  t.match(await errorOf(app, 'logs.tail', { waitMs: 30_001 }), { code: 'invalid_params' })
})
