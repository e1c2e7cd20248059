import type { Config } from '../../schemas/config/index.js'
import { checkValue } from './check.js'
import { duplicateKeys } from './duplicates.js'
import type { Resolved } from './include.js'
import { migrate } from './legacy/index.js'
import type { Migration } from './legacy/migration.js'
import { locate } from './locate.js'
import { checkRules } from './rules.js'
import { effectiveEnv, substituteEnv } from './substitute.js'
import { freezeDeep, isTree, type Tree } from './tree.js'
import type { ConfigFile, ConfigSource, Finding, LoadedConfig } from './types.js'

interface Origin {
  readonly exists: boolean
  readonly hash: string
  readonly files: readonly ConfigFile[]
}

/** Maps older spellings, puts in the environment and checks a config that has been read. */
export async function validate(resolved: Resolved, source: ConfigSource, origin: Origin): Promise<LoadedConfig> {
  const { value } = resolved
  const place = (migration?: Migration) => (finding: Finding) =>
    locate(finding, migration?.authored(finding.path) ?? finding.path, resolved.layers, source.path)
  if (!isTree(value)) {
    const message = 'A config is an object: put { … } around the keys.'
    return { ok: false, ...origin, warnings: [], issues: [place()({ path: [], message })] }
  }
  const migration = migrate(value)
  const env = effectiveEnv(value, source.env)
  const substituted = substituteEnv(value, env)
  const checked = await check(substituted.value)
  const warnings = [
    ...resolved.layers.flatMap(duplicateKeys),
    // Warnings about old spellings name the place in the file already.
    ...migration.warnings.map(place()),
    ...[...substituted.warnings, ...checked.warnings].map(place(migration)),
  ]
  if (checked.errors.length > 0) return { ok: false, ...origin, warnings, issues: checked.errors.map(place(migration)) }
  return { ok: true, ...origin, warnings, config: freezeDeep(checked.config), env }
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
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  const shape = checkValue(ConfigSchema, value)
  if (shape.errors.length > 0) return { config, errors: shape.errors, warnings: shape.remarks }
  const rules = checkRules(config)
  return { config, errors: rules.errors, warnings: [...shape.remarks, ...rules.warnings] }
}
