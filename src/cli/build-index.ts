import { access, chmod, readFile, writeFile } from 'node:fs/promises'
import { buildIndex } from './index/build.js'
import { indexFile } from './index/read.js'
import { cliReference } from './index/reference.js'

/** Last step of the build: the index of all commands, the mode of the program, and the reference in docs/. */
const executable = 0o755
const index = await buildIndex()
await writeFile(indexFile, `${JSON.stringify(index)}\n`)
await chmod(new URL('../bin.js', import.meta.url), executable)
await writeReference(cliReference(index))

/** Only where there is a docs folder (an image is built without), and only when the text changed. */
async function writeReference(text: string): Promise<void> {
  const docs = new URL('../../../docs/', import.meta.url)
  const there = await access(docs).then(
    () => true,
    () => false,
  )
  const file = new URL('cli.md', docs)
  const current = await readFile(file, 'utf8').catch(() => undefined)
  if (there && current !== text) await writeFile(file, text)
}
