import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'

/** How the program in this folder came here: installed as a package, as a clone, or by some other way. */
export function installKind(packageRoot: string): 'package' | 'git' | 'unknown' {
  if (packageRoot.split(sep).includes('node_modules')) return 'package'
  return existsSync(join(packageRoot, '.git')) ? 'git' : 'unknown'
}
