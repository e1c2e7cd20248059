import { randomBytes } from 'node:crypto'
import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { SecretLookup } from '../secrets/types.js'
import { isLoopbackIp } from './canonical-ip.js'
import { serverSecret } from './config-secret.js'
import type { AuthMode } from './types.js'

/** What auth is derived from. `gateway run --auth --token --password` are laid over the config before. */
export interface AuthSource {
  readonly config: Config
  /** Environment that references are read from (`ValidConfig.env`). */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `OPENCLAW_GATEWAY_TOKEN` and `_PASSWORD` (`instance.settings`). */
  readonly settings: { readonly token: string | undefined; readonly password: string | undefined }
  /** Addresses that the gateway is going to listen on. */
  readonly bindAddresses: readonly string[]
  readonly port: number
  /** Gives what references stand for; without it those to files and programs cannot be read. */
  readonly secret?: SecretLookup | undefined
}

export interface SelectedAuth {
  readonly mode: AuthMode
  readonly token: string | undefined
  readonly password: string | undefined
}

/**
 * Mode and secrets (spec/config.md 3.3): the explicit mode, else password when there is one, else token.
 * @throws GatewayError `auth_misconfigured`: placeholders, failing references, or two secrets and no mode.
 */
export function selectAuth(source: AuthSource): SelectedAuth {
  const { config, settings } = source
  const token = serverSecret('token', source, settings.token)
  const password = serverSecret('password', source, settings.password)
  const explicit = config.gateway?.auth?.mode
  if (explicit !== undefined) return { mode: explicit, token, password }
  if (token !== undefined && password !== undefined) {
    throw new GatewayError('auth_misconfigured', {
      message:
        'A gateway token and a gateway password are both configured. Say which one counts: openclaw config set gateway.auth.mode token (or password).',
      param: 'gateway.auth.mode',
    })
  }
  return { mode: password === undefined ? 'token' : 'password', token, password }
}

/**
 * True when the first start has to make a token (and store it as `gateway.auth.token`): token mode, none configured,
 * and nothing but loopback is listened on. On a network address the start is refused instead.
 */
export function needsToken(source: AuthSource): boolean {
  const { mode, token } = selectAuth(source)
  return mode === 'token' && token === undefined && loopbackOnly(source.bindAddresses)
}

/** 192 random bits in hex, the shape of the official setup's tokens. */
export function generateToken(): string {
  return randomBytes(24).toString('hex')
}

export function loopbackOnly(addresses: readonly string[]): boolean {
  return addresses.every(isLoopbackIp)
}
