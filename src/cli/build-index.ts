import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readVersion } from '../instance/version.js'
import { codeRoot, packageRoot } from '../kernel/code-root.js'
import { bakedHelpFile } from './baked-help.js'
import { rootHelp } from './help.js'
import { buildIndex } from './index/build.js'
import { indexFile } from './index/read.js'
import { cliReference } from './index/reference.js'
import { languages } from './locale.js'
import { importMessages, loadMessages, messageFile } from './messages.js'
import { importMethodScopes, methodScopesFile } from './method-scopes.js'
import { Output } from './output.js'

/** Last step of the build: the index of all commands, the scopes of all methods, the texts of each language, the root help ready to print, the mode of the program, and the reference in docs/. */
const executable = 0o755
const index = await buildIndex()
await writeFile(indexFile, `${JSON.stringify(index)}\n`)
await writeFile(methodScopesFile, JSON.stringify(await importMethodScopes()))
for (const language of languages) {
  await mkdir(dirname(messageFile(language)), { recursive: true })
  await writeFile(messageFile(language), JSON.stringify(await importMessages(language)))
}
await mkdir(dirname(bakedHelpFile('en', false)), { recursive: true })
for (const language of languages) {
  for (const isTTY of [true, false]) {
    const sink = { write: () => undefined, isTTY }
    const out = new Output({ stdout: sink, stderr: sink, json: false, noColor: false })
    const lines = rootHelp(index, readVersion(), { messages: await loadMessages(language), out })
    await writeFile(bakedHelpFile(language, isTTY), `${lines.join('\n')}\n`)
  }
}
await chmod(join(codeRoot, 'src', 'bin.js'), executable)
await writeReference(cliReference(index))

/** Only where there is a docs folder (an image is built without), and only when the text changed. */
async function writeReference(text: string): Promise<void> {
  const docs = join(packageRoot, 'docs')
  const there = await access(docs).then(
    () => true,
    () => false,
  )
  const file = join(docs, 'cli.md')
  const current = await readFile(file, 'utf8').catch(() => undefined)
  if (there && current !== text) await writeFile(file, text)
}
