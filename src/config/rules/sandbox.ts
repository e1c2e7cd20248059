import type { Config } from '../../../schemas/config/index.js'
import type { Report } from './report.js'
import { agentScopes } from './scopes.js'

type Sandbox = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['sandbox']>

export function sandboxRules(config: Config, report: Report): void {
  for (const [path, scope] of agentScopes(config)) {
    if (scope.sandbox) dockerRules(scope.sandbox, [...path, 'sandbox', 'docker'], report)
  }
}

/** Absolute on Linux, macOS and Windows, or an unresolved variable. */
const absoluteSource = /^(?:\/|~\/|[A-Za-z]:[\\/]|\\\\|\$\{)/

function dockerRules({ docker }: Sandbox, path: string[], report: Report): void {
  if (!docker) return
  if (docker.network === 'host')
    report.error([...path, 'network'], 'network "host" would take the sandbox away. Use "none" or "bridge".')
  docker.binds?.forEach((bind, index) => {
    if (!absoluteSource.test(bind))
      report.error(
        [...path, 'binds', index] as string[],
        'The source of a bind mount must be an absolute path: "/host/path:/target[:ro]".',
      )
    else if (!/[^:]:[^:]/.test(bind.replace(/^[A-Za-z]:/, '')))
      report.error([...path, 'binds', index] as string[], 'A bind mount needs a target: "/host/path:/target[:ro]".')
  })
  if (docker.setupCommand === undefined) return
  const missing = [
    (docker.network ?? 'none') === 'none' && 'network "bridge"',
    docker.readOnlyRoot !== false && 'readOnlyRoot false',
    docker.user !== '0:0' && 'user "0:0"',
  ].filter((word) => word !== false)
  if (missing.length > 0)
    report.warn([...path, 'setupCommand'], `Installing packages in setupCommand also needs ${missing.join(', ')}.`)
}
