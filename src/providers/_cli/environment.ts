import type { Program } from '../../models/program-types.js'

/**
 * What a program sees of the gateway's environment: all but the gateway's own variables and those that the config takes
 * away. It runs under its own login, which may live in any variable; what the config sets wins.
 */
export function programEnvironment(
  { env, clearEnv }: Pick<Program, 'env' | 'clearEnv'>,
  gateway: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const cleared = new Set(clearEnv)
  const inherited = Object.entries(gateway).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('OPENCLAW_') && !cleared.has(entry[0]),
  )
  return { ...Object.fromEntries(inherited), ...env }
}
