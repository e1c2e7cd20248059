import type { HookMapping } from '../../../schemas/config/hook-mapping.js'
import { Secret } from '../../auth/secret.js'
import type { AuthSettings } from '../../auth/settings.js'
import { allMappings } from '../../automation/hooks/mappings.js'
import { redacted } from '../../config/redact.js'
import { isUnresolved } from '../../config/substitute.js'
import type { Config } from '../../config/types.js'
import { secretDigest } from '../../kernel/safe-equal.js'

export type HooksConfig = NonNullable<Config['hooks']>

/** What the config of this moment says of hooks. */
export interface HookSettings {
  readonly config: HooksConfig
  readonly token: Secret | undefined
  readonly mappings: readonly HookMapping[]
  /** Why no call is let in although hooks are on. */
  readonly problem: string | undefined
}

export function hookSettings(config: HooksConfig, auth: Pick<AuthSettings, 'token' | 'password'>): HookSettings {
  const text = tokenOf(config)
  return {
    config,
    token: text === '' ? undefined : new Secret(text),
    mappings: allMappings(config),
    problem: problemOf(config, text, auth),
  }
}

/** A variable that is not set is no token, though its name stands in the config. */
function tokenOf({ token = '' }: HooksConfig): string {
  return isUnresolved(token) || token === redacted ? '' : token.trim()
}

function problemOf(
  { token: given = '' }: HooksConfig,
  text: string,
  { token, password }: Pick<AuthSettings, 'token' | 'password'>,
): string | undefined {
  if (text === '' && isUnresolved(given)) return `hooks.token names a variable that is not set: ${given}. Set it.`
  if (text === '') return 'hooks.enabled needs hooks.token. Set one: openssl rand -hex 24'
  const digest = secretDigest(text)
  // Whoever may call a hook would be the operator.
  if (token?.matches(digest) || password?.matches(digest))
    return 'hooks.token equals the secret of the gateway. Give it a value of its own: openssl rand -hex 24'
  return undefined
}
