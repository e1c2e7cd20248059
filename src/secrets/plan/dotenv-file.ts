import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

export interface DotenvChange {
  readonly path: string
  readonly text: string
  readonly changes: readonly string[]
}

/** `.env` files without the lines of these variables whose value is one of `values`. Other lines stay byte by byte. */
export async function withoutValues(
  paths: readonly string[],
  names: ReadonlySet<string>,
  values: readonly string[],
): Promise<DotenvChange[]> {
  const found: DotenvChange[] = []
  for (const path of new Set(paths)) {
    const before = await readFile(path, 'utf8').catch(() => undefined)
    if (before === undefined) continue
    const gone: string[] = []
    const lines = before.split('\n').filter((line) => {
      const [entry] = Object.entries(parseEnv(line))
      const removed = entry !== undefined && names.has(entry[0]) && values.includes(entry[1] ?? '')
      if (removed) gone.push(entry[0])
      return !removed
    })
    if (gone.length > 0) found.push({ path, text: lines.join('\n'), changes: gone.map((name) => `${path}: ${name}`) })
  }
  return found
}
