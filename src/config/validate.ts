import type { Config } from '../../schemas/config/index.js'
import { checkValue } from './check.js'
import { duplicateKeys } from './duplicates.js'
import type { Resolved } from './include.js'
import { migrate } from './legacy/index.js'
import type { Migration } from './legacy/migration.js'
import { locate } from './locate.js'
import { effectiveEnv, substituteEnv } from './substitute.js'
import { freezeDeep, isTree, type Tree } from './tree.js'
import type { ConfigFile, ConfigSource, Finding, LoadedConfig } from './types.js'

interface Origin {
  readonly exists: boolean
  readonly hash: string
  readonly files: readonly ConfigFile[]
}

/** Maps older spellings, puts in the environment and checks a config that has been read. */
export async function validate(resolved: Resolved, source: ConfigSource, read: Origin): Promise<LoadedConfig> {
  const { value } = resolved
  // Named one by one: what was read carries more than belongs in the result.
  const origin = { exists: read.exists, hash: read.hash, files: read.files }
  const place = (migration?: Migration) => (finding: Finding) =>
    locate(finding, migration?.authored(finding.path) ?? finding.path, resolved.layers, source.path)
  if (!isTree(value)) {
    const message = 'A config is an object: put { … } around the keys.'
    return { ...origin, ok: false, warnings: [], issues: [place()({ path: [], message })] }
  }
  // The text as written stays in `resolved`: edits start from it.
  const tree = structuredClone(value)
  const migration = migrate(tree)
  const env = effectiveEnv(tree, source.env)
  const substituted = substituteEnv(tree, env)
  const checked = await check(substituted.value)
  const warnings = [
    ...resolved.layers.flatMap(duplicateKeys),
    // Warnings about old spellings name the place in the file already.
    ...migration.warnings.map(place()),
    ...[...substituted.warnings, ...checked.warnings].map(place(migration)),
  ]
  if (checked.errors.length > 0) return { ...origin, ok: false, warnings, issues: checked.errors.map(place(migration)) }
  return { ...origin, ok: true, warnings, config: freezeDeep(checked.config), env }
}

interface Checked {
  readonly config: Config
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

async function check(value: Tree): Promise<Checked> {
  const config: Config = value
  // An empty config needs no schema, and loading the schema is the dearest part of reading a config.
  if (Object.keys(value).length === 0) return { config, errors: [], warnings: [] }
  const [{ ConfigSchema }, { checkRules }] = await Promise.all([
    import('../../schemas/config/index.js'),
    import('./rules.js'),
  ])
  const shape = checkValue(ConfigSchema, value)
  if (shape.errors.length > 0) return { config, errors: shape.errors, warnings: shape.remarks }
  const rules = checkRules(config)
  return { config, errors: rules.errors, warnings: [...shape.remarks, ...rules.warnings] }
}
