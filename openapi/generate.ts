import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadMethods } from '../routes/ws/_table.js'
import { configPage } from './config-page.js'
import { publishedDocument } from './document.js'
import { errorsPage } from './errors-page.js'
import { methodsPage } from './methods-page.js'

/**
 * Writes what is generated and committed: `openapi/openapi.json`, `docs/errors.md`, `docs/config-reference.md`,
 * `docs/ws-methods.md`. With `--check` it writes nothing and exits with 1 when a file is not what it would write.
 */
const here = dirname(fileURLToPath(import.meta.url))
/** One folder up in the sources, two in the build. */
const root = ['..', '../..'].map((up) => join(here, up)).find((folder) => existsSync(join(folder, 'package.json')))
if (root === undefined) throw new Error(`no package.json above ${here}`)

const files = new Map([
  ['openapi/openapi.json', `${JSON.stringify(await publishedDocument(), undefined, 2)}\n`],
  ['docs/errors.md', errorsPage()],
  ['docs/config-reference.md', configPage()],
  ['docs/ws-methods.md', methodsPage(await loadMethods())],
])
const check = process.argv.includes('--check')
for (const [path, text] of files) {
  const full = join(root, path)
  if (existsSync(full) && readFileSync(full, 'utf8') === text) continue
  if (check) process.exitCode = 1
  else writeFileSync(full, text)
  process.stdout.write(check ? `${path} is out of date; run: npm run openapi\n` : `wrote ${path}\n`)
}
