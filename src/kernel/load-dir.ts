import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Imports every module of a folder and gives its default exports keyed by file (or sub-folder) name without
 * extension. Names that begin with `_`, tests and type files are skipped. One new thing is one new file.
 */
export async function loadDir<T>(folder: string): Promise<Map<string, T>> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = new Map<string, string>()
  for (const entry of entries) {
    if (entry.name.startsWith('_')) continue
    if (entry.isDirectory()) found.set(entry.name, join(folder, entry.name, 'index.js'))
    else if (isModule(entry.name)) found.set(entry.name.replace(/\.[jt]s$/, ''), join(folder, entry.name))
  }
  const names = [...found.keys()].sort()
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(found.get(name) as string).href)))
  return new Map(names.map((name, index) => [name, modules[index].default as T]))
}

function isModule(name: string): boolean {
  return /\.[jt]s$/.test(name) && !name.endsWith('.d.ts') && !/\.test\.[jt]s$/.test(name)
}
