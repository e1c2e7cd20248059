import type { ValidConfig } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import { pointerOf } from '../../secrets/pointer.js'

/** A secret of the gateway as far as files and the environment show it. */
export type SecretFact =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly value: string; readonly where: string }
  /** Kept elsewhere; its value is not looked at. */
  | { readonly kind: 'reference'; readonly where: string }

export interface AuthFacts {
  readonly mode: 'none' | 'token' | 'password' | 'trusted-proxy'
  readonly token: SecretFact
  readonly password: SecretFact
  /** True when callers must show something. */
  readonly protects: boolean
}

/** How callers prove themselves; unlike `selectAuth` it never throws on bad values: those are findings. */
export function authFacts(
  { config, env }: Pick<ValidConfig, 'config' | 'env'>,
  settings: Instance['settings'],
): AuthFacts {
  const token = factOf('token', config, env, settings.token)
  const password = factOf('password', config, env, settings.password)
  const mode = config.gateway?.auth?.mode ?? (password.kind === 'none' ? 'token' : 'password')
  const own = mode === 'token' ? token : mode === 'password' ? password : undefined
  return { mode, token, password, protects: mode === 'trusted-proxy' || (own !== undefined && own.kind !== 'none') }
}

function factOf(
  kind: 'token' | 'password',
  config: ValidConfig['config'],
  env: ValidConfig['env'],
  fromEnv: string | undefined,
): SecretFact {
  const where = `gateway.auth.${kind}`
  const input = config.gateway?.auth?.[kind]
  const ref = pointerOf(input)
  if (ref?.source === 'env' && env[ref.id]) return { kind: 'text', value: env[ref.id] ?? '', where }
  if (ref) return { kind: 'reference', where }
  if (typeof input === 'string' && !/\$\{[A-Z_][A-Z0-9_]*\}/.test(input)) return { kind: 'text', value: input, where }
  if (fromEnv === undefined) return { kind: 'none' }
  return { kind: 'text', value: fromEnv, where: `OPENCLAW_GATEWAY_${kind.toUpperCase()}` }
}
