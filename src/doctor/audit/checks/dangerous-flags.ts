import { formatPath } from '../../../config/path.js'
import { isTree } from '../../../config/tree.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

/** Keys whose name says what they do. */
const dangerous = /^(?:dangerously[A-Z]\w*|allowInsecure\w*|insecureSkipVerify|noSandbox)$/

const check: AuditCheck = ({ config }) => {
  const found: AuditFinding[] = []
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index])
    else if (isTree(value)) for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
    else if (value === true && dangerous.test(String(path.at(-1)))) {
      found.push(
        finding(
          'config.insecure_or_dangerous_flags',
          'warn',
          'A safeguard is off',
          `${formatPath(path)} is true.`,
          'Remove it unless you know why it is there.',
        ),
      )
    }
  }
  walk(config, [])
  return found
}

export default check
