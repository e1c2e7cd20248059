import type { Static } from '@sinclair/typebox'
import type { SecretRef } from '../../schemas/primitives.js'
import { isUnresolved } from '../config/substitute.js'
import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'

type SecretInput = string | Static<typeof SecretRef> | undefined
type Env = Readonly<Record<string, string | undefined>>

/** What ends up in a config by accident in place of a secret; compared in lower case. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['', 'undefined', 'null', '__openclaw_redacted__', 'changeme'])
const VARIABLE = /^\$([A-Z][A-Z0-9_]{0,127})$/

/**
 * The server's own secret: the config wins over the environment variable, and a reference is authoritative, so that
 * nothing steps in for one that fails (spec/config.md 3.3). Text that still holds `${NAME}` counts as unset.
 * `gateway.remote.*` are credentials of clients and never used here.
 * @throws GatewayError `auth_misconfigured` for placeholders and for references that give no value.
 */
export function serverSecret(
  kind: 'token' | 'password',
  config: Config,
  env: Env,
  fromEnv: string | undefined,
): string | undefined {
  const path = `gateway.auth.${kind}`
  const input: SecretInput = config.gateway?.auth?.[kind]
  const name = variableName(input)
  if (name !== undefined) return checked(fromVariable(path, name, input, config, env), path)
  if (typeof input === 'object') throw unsupported(path, input.source)
  if (input !== undefined && !isUnresolved(input)) return checked(input, path)
  return fromEnv === undefined ? undefined : checked(fromEnv, `OPENCLAW_GATEWAY_${kind.toUpperCase()}`)
}

function variableName(input: SecretInput): string | undefined {
  if (typeof input === 'object') return input.source === 'env' ? input.id : undefined
  return VARIABLE.exec(input ?? '')?.[1]
}

function fromVariable(path: string, name: string, input: SecretInput, config: Config, env: Env): string {
  const alias = typeof input === 'object' ? input.provider : 'default'
  const provider = config.secrets?.providers?.[alias]
  if (provider?.source === 'env' && provider.allowlist && !provider.allowlist.includes(name)) {
    throw misconfigured(path, `${name} is not on the allowlist of secrets.providers.${alias}. Add it there.`)
  }
  const value = env[name]
  if (!value) throw misconfigured(path, `the environment variable ${name} is not set. Set it, or change ${path}.`)
  return value
}

function checked(value: string, path: string): string {
  const text = value.trim()
  if (!PLACEHOLDERS.has(text.toLowerCase()) && !/^<.*>$/.test(text)) return text
  const what = text === '' ? 'is blank' : 'holds a placeholder, not a secret'
  throw new GatewayError('auth_misconfigured', {
    message: `${path} ${what}. Set a real one: openclaw config set gateway.auth.token "$(openssl rand -hex 24)"`,
    param: path,
  })
}

function unsupported(path: string, source: string): GatewayError {
  return misconfigured(
    path,
    `references of source "${source}" are not supported for gateway auth yet. Use {source: "env"} or a plain value.`,
  )
}

function misconfigured(path: string, problem: string): GatewayError {
  return new GatewayError('auth_misconfigured', { message: `${path}: ${problem}`, param: path })
}
