import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configPage } from '../../openapi/config-page.js'
import { oldSpellings } from '../../openapi/config-text.js'
import { ConfigSchema } from '../../schemas/config/index.js'
import { canonicalPath } from '../../src/config/authored.js'
import { migrate } from '../../src/config/legacy/index.js'
import { formatPath, parsePath } from '../../src/config/path.js'

t.test('docs/config-reference.md is what the schema says', async (t) => {
  const committed = readFileSync(join(import.meta.dirname, '../../docs/config-reference.md'), 'utf8')
  t.ok(committed === configPage(), 'out of date; run: npm run openapi')
})

t.test('every section is there, and no secret reference is spelt out twice', async (t) => {
  const page = configPage()
  for (const key of Object.keys(ConfigSchema.properties)) t.match(page, `\n## ${key}\n`, key)
  for (const key of [
    'gateway.auth.trustedProxy.userHeader',
    'agents.entries.<name>.heartbeat',
    'bindings[].match.peer.kind',
    'channels.telegram.botToken',
  ])
    t.match(page, `| \`${key}\` |`, key)
  t.match(page, /\| `agents\.defaults\.timeoutSeconds` \| [^|]+ \| {2}\|/, 'no default: a turn has no limit of its own')
  t.notMatch(page, /\.apiKey\.source/)
  t.notMatch(page, /\| undefined|\[object/)
})

t.test('the old spellings are mapped as the page says', async (t) => {
  for (const [old, now] of oldSpellings) {
    const path = canonicalPath({ tree: {}, migration: migrate({}), layers: [] }, parsePath(old) ?? [])
    t.equal(formatPath(path), now, old)
  }
})
