import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { loadConfig } from '../../src/config/load.js'

/** The config examples of the design documents, literally; only line ends lost in one-line texts are restored. */
const folder = fileURLToPath(new URL('./fixtures/seeds', import.meta.url))
/** Contradicts itself: Serve publishes the loopback listener, which bind tailnet does not have. */
const refused = '003-tailnet-serve.json5'

for (const name of readdirSync(folder)) {
  t.test(name, async (t) => {
    const path = join(folder, name)
    const loaded = await loadConfig({ path, env: {}, includeRoots: [] })
    if (name === refused) {
      t.match(loaded, { ok: false, issues: [{ path: 'gateway.bind', line: 1, column: 20 }] })
      return
    }
    t.same(loaded.ok ? [] : loaded.issues, [], readFileSync(path, 'utf8'))
  })
}
