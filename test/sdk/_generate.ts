import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { committedDocument, root } from '../openapi/_document.js'

/** What openapi/README.md tells people to do, in a folder of this test: the examples with both generated clients. */
export async function generateClients(folder: string): Promise<void> {
  const document = committedDocument()
  cpSync(join(root, 'openapi/examples'), folder, { recursive: true })
  await createClient({
    input: JSON.parse(JSON.stringify(document)),
    output: { path: join(folder, 'generated/hey-api') },
    logs: { level: 'silent' },
    plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
  })
  const types = await openapiTS(JSON.parse(JSON.stringify(document)))
  writeFileSync(join(folder, 'generated/openapi-typescript.ts'), astToString(types))
}

/** Type-checks strictly and writes JavaScript beside the sources. Gives the complaints, in words. */
export function compile(folder: string, files: readonly string[]): string[] {
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    {
      strict: true,
      noUncheckedIndexedAccess: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
      types: ['node'],
      skipLibCheck: true,
    },
  )
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics]
  return found.map(({ file, start = 0, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
