import { type AuditCheck, finding } from '../types.js'

const check: AuditCheck = ({ config: { plugins } }) => {
  const paths = plugins?.load?.paths ?? []
  if (paths.length === 0 || plugins?.enabled === false || (plugins?.allow ?? []).length > 0) return []
  const detail = `Code from ${paths.join(', ')} is named and plugins.allow is not set. This version loads no plugins; another one would.`
  return [
    finding(
      'plugins.extensions_no_allowlist',
      'warn',
      'Plugins without a list',
      detail,
      'List the plugins that you trust in plugins.allow.',
    ),
  ]
}

export default check
