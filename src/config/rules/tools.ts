import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import { isTree } from '../tree.js'
import type { Report } from './report.js'
import { agentScopes } from './scopes.js'

/** `allow` is a closed list, `alsoAllow` opens one: together they contradict (spec/config.md section 12.4). */
export function toolRules(config: Config, report: Report): void {
  scan(config.tools, ['tools'], report)
  for (const [path, scope] of agentScopes(config)) scan(scope.tools, [...path, 'tools'], report)
  scan(config.channels, ['channels'], report)
}

function scan(value: unknown, path: Path, report: Report): void {
  if (!isTree(value)) return
  if (nonEmpty(value.allow) && nonEmpty(value.alsoAllow))
    report.error(
      [...path, 'alsoAllow'],
      'allow and alsoAllow exclude each other in one place. Keep allow for a closed list, or alsoAllow to add to the profile.',
    )
  for (const [key, inner] of Object.entries(value)) scan(inner, [...path, key], report)
}

const nonEmpty = (value: unknown) => Array.isArray(value) && value.length > 0
