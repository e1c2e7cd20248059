import { join } from 'node:path'
import { codeRoot } from '../../src/kernel/code-root.js'
import { loadDir } from '../../src/kernel/load-dir.js'
import type { AnyMethod, Family } from './_method.js'
import { ParamsValidator } from './_params.js'

export interface TableEntry {
  readonly name: string
  /** The file that defines it. */
  readonly family: string
  readonly definition: AnyMethod
}

/** Every method that any door offers, read from the files of this folder. */
export interface MethodTable {
  readonly entries: ReadonlyMap<string, TableEntry>
  /** What `hello-ok.features.methods` says. */
  readonly advertised: readonly string[]
  readonly validator: ParamsValidator
}

/** Throws when two families define the same name. */
export async function loadMethods(): Promise<MethodTable> {
  const families = await loadDir<Family>(join(codeRoot, 'routes/ws'))
  const entries = new Map<string, TableEntry>()
  for (const [family, methods] of families) {
    for (const [name, definition] of Object.entries(methods)) {
      if (entries.has(name)) throw new Error(`two families define the method ${name}`)
      entries.set(name, { name, family, definition })
    }
  }
  const advertised = [...entries.values()].filter(({ definition }) => definition.advertised !== false)
  return { entries, advertised: advertised.map(({ name }) => name), validator: new ParamsValidator() }
}
