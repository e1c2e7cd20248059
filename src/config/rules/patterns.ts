import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import type { Report } from './report.js'
import { agentScopes } from './scopes.js'

/** Regular expressions must compile; one that does not would only fail at the first message. */
export function patternRules(config: Config, report: Report): void {
  check(config.logging?.redactPatterns, ['logging', 'redactPatterns'], report)
  check(config.messages?.groupChat?.mentionPatterns, ['messages', 'groupChat', 'mentionPatterns'], report)
  for (const [path, scope] of agentScopes(config)) {
    check(scope.groupChat?.mentionPatterns, [...path, 'groupChat', 'mentionPatterns'], report)
  }
}

function check(patterns: readonly string[] | undefined, path: Path, report: Report): void {
  for (const [index, pattern] of (patterns ?? []).entries()) {
    try {
      new RegExp(inner(pattern))
    } catch {
      report.error(
        [...path, index],
        `This is not a regular expression: ${JSON.stringify(pattern)}. Escape special characters with "\\\\".`,
      )
    }
  }
}

/** `/body/flags` or the body alone. */
const inner = (pattern: string) => /^\/(.+)\/[a-z]*$/s.exec(pattern)?.[1] ?? pattern
