import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { errorOf, resultOf } from '../../helper/rpc.js'

t.test('secrets.reload takes over what the file says now, or tells why not', async (t) => {
  const app = await build(t)
  const { path } = await resultOf(app, 'config.get')
  t.strictSame(await resultOf(app, 'secrets.reload'), { ok: true, warningCount: 0 })

  const provider = { baseUrl: 'http://127.0.0.1:1/v1', apiKey: '$' + '{NOT_SET_ANYWHERE}' }
  await writeFile(path, JSON.stringify(testConfig({ models: { providers: { p: provider } } })))
  t.strictSame(await resultOf(app, 'secrets.reload'), { ok: true, warningCount: 1 })
  t.ok(app.runtime.config.current.models?.providers?.p)

  await writeFile(path, '{ oops')
  t.match(await errorOf(app, 'secrets.reload'), { status: 500, code: 'config_invalid', details: { issues: [{}] } })
  t.ok(app.runtime.config.current.models?.providers?.p, 'the last good one stays')
})
