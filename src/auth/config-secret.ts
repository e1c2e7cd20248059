import { isUnresolved } from '../config/substitute.js'
import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import { unavailable } from '../secrets/failure.js'
import { pointerOf } from '../secrets/pointer.js'
import type { SecretLookup, SecretPointer } from '../secrets/types.js'

interface SecretSource {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secret?: SecretLookup | undefined
}

/** What ends up in a config by accident in place of a secret; compared in lower case. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['', 'undefined', 'null', '__openclaw_redacted__', 'changeme'])
/** Modes in which a secret lets nobody in: it is not read. */
const idle: Readonly<Record<'token' | 'password', readonly (string | undefined)[]>> = {
  token: ['none', 'password', 'trusted-proxy'],
  password: ['none', 'token'],
}

/**
 * The server's own secret: the config wins over the environment variable, and a reference is authoritative, so that
 * nothing steps in for one that fails (spec/config.md 3.3). Text that still holds `${NAME}` counts as unset.
 * `gateway.remote.*` are credentials of clients and never used here.
 * @throws GatewayError `auth_misconfigured` for placeholders, `secret_unavailable` for references that give no value.
 */
export function serverSecret(
  kind: 'token' | 'password',
  source: SecretSource,
  fromEnv: string | undefined,
): string | undefined {
  const path = `gateway.auth.${kind}`
  const { auth } = source.config.gateway ?? {}
  const input = auth?.[kind]
  const ref = pointerOf(input)
  if (ref && idle[kind].includes(auth?.mode)) return undefined
  if (ref) return checked(referred(path, ref, source), path)
  if (typeof input === 'string' && !isUnresolved(input)) return checked(input, path)
  return fromEnv === undefined ? undefined : checked(fromEnv, `OPENCLAW_GATEWAY_${kind.toUpperCase()}`)
}

function referred(path: string, ref: SecretPointer, { config, env, secret }: SecretSource): string {
  const known = secret?.(ref)
  if (known?.state === 'cold') throw unavailable(path, known.failure)
  if (known) return known.value
  if (ref.source !== 'env') throw misconfigured(path, 'the reference was not read here. Start the gateway to read it.')
  const provider = config.secrets?.providers?.[ref.provider]
  if (provider?.source === 'env' && provider.allowlist && !provider.allowlist.includes(ref.id)) {
    const fix = `is not on the allowlist of secrets.providers.${ref.provider}. Add it there.`
    throw misconfigured(path, `${ref.id} ${fix}`)
  }
  const value = env[ref.id]
  if (!value) throw misconfigured(path, `the environment variable ${ref.id} is not set. Set it, or change ${path}.`)
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

function misconfigured(path: string, problem: string): GatewayError {
  return new GatewayError('auth_misconfigured', { message: `${path}: ${problem}`, param: path })
}
