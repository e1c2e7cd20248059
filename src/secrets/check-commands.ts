import type { Config } from '../../schemas/config/index.js'
import { equalDeep } from '../config/tree.js'
import type { ConfigIssue } from '../config/types.js'
import { failureIn } from './failure.js'

/**
 * Exec providers whose program others could have changed, or that is not there (spec/config.md section 5.3: looked at when
 * a config is checked and when one is written). With `before` only those that differ from it.
 */
export async function commandIssues(
  config: Config,
  home: string,
  before?: Config,
): Promise<readonly Omit<ConfigIssue, 'file'>[]> {
  const providers = Object.entries(config.secrets?.providers ?? {}).flatMap(([alias, provider]) => {
    const touched = before === undefined || !equalDeep(provider, before.secrets?.providers?.[alias])
    return provider?.source === 'exec' && touched ? [[alias, provider] as const] : []
  })
  if (providers.length === 0) return []
  const { trustedCommand } = await import('./providers/command-file.js')
  const found = await Promise.all(
    providers.map(async ([alias, provider]) => {
      const failure = await trustedCommand(alias, provider, home).then(() => undefined, failureIn)
      return failure ? [{ path: `secrets.providers.${alias}.command`, message: failure.message }] : []
    }),
  )
  return found.flat()
}
