import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readGatewayConfig } from '../../src/client/gateway-config.js'
import { loadConfig } from '../../src/config/load.js'
import { testFolder } from '../helper/folder.js'

const env = { PORT_TOKEN: 'from-env' }
const table: [string, string, unknown][] = [
  ['only the gateway section', '{ gateway: { port: 1 }, agents: { defaults: { model: "a/b" } } }', { port: 1 }],
  ['variables', `{ gateway: { auth: { token: "$\{PORT_TOKEN}" } } }`, { auth: { token: 'from-env' } }],
  ['old spellings', '{ gateway: { token: "old-token" } }', undefined],
  ['a mistake elsewhere does not matter', '{ gateway: { mode: "local" }, agents: 7 }', { mode: 'local' }],
  ['a mistake in the section leaves the port', '{ gateway: { port: 7, prot: 1 } }', { port: 7 }],
  ['a section that is none', '{ gateway: 7 }', undefined],
  ['no section', '{}', undefined],
  ['no config', '[]', undefined],
  ['broken', '{ gateway: ', undefined],
]

for (const [name, text, expected] of table) {
  t.test(name, async (t) => {
    const path = join(testFolder(t), 'openclaw.json')
    writeFileSync(path, text)
    const source = { path, env, includeRoots: [] }
    const { gateway } = await readGatewayConfig(source)
    const loaded = await loadConfig(source)
    if (loaded.ok) t.strictSame(gateway, loaded.config.gateway, 'the same as the whole config says')
    else t.strictSame(gateway, expected)
    if (expected) t.match(gateway, expected)
  })
}

t.test('a missing file', async (t) => {
  t.strictSame(await readGatewayConfig({ path: join(testFolder(t), 'none'), env: {}, includeRoots: [] }), {})
})
