import { GatewayError } from '../kernel/errors.js'
import { firstConfigured, type KnownSecret } from './secret.js'
import type { TargetSource } from './target.js'

/** What the credentials are for: a call, a look at the state of a gateway, or a node host. */
export type Purpose = 'call' | 'probe' | 'node'

interface Pair<T> {
  readonly token: T
  readonly password: T
}

export interface CredentialInput {
  readonly purpose: Purpose
  readonly target: TargetSource
  /** `gateway.mode` */
  readonly mode: 'local' | 'remote'
  /** `--token`, `--password` */
  readonly explicit: Pair<string | undefined>
  readonly env: Pair<KnownSecret>
  /** `gateway.auth` */
  readonly auth: Pair<KnownSecret> & { readonly mode?: 'none' | 'token' | 'password' | 'trusted-proxy' | undefined }
  /** `gateway.remote` */
  readonly remote: Pair<KnownSecret>
}

export interface Credential {
  readonly kind: 'token' | 'password'
  readonly value: string
  /** Where it came from, for messages. */
  readonly from: string
}

/**
 * The credential that may go to a target (spec/config.md section 4, table). A URL from the command line or the
 * environment never gets secrets that belong to another gateway. Gives undefined when there is none to send.
 * Throws `credentials_required`, and `auth_misconfigured` for a configured reference that cannot be read.
 */
export function resolveCredential(input: CredentialInput): Credential | undefined {
  const { explicit, target, purpose } = input
  if (explicit.token !== undefined) return { kind: 'token', value: explicit.token, from: '--token' }
  if (explicit.password !== undefined) return { kind: 'password', value: explicit.password, from: '--password' }
  // A look at an address may go without: it then sees what a stranger sees.
  const found = target === 'url' ? undefined : search(input)
  if (!found && (target === 'url' || target === 'env') && purpose !== 'probe') {
    throw new GatewayError('credentials_required')
  }
  return found
}

function search(input: CredentialInput): Credential | undefined {
  const modes = input.target === 'env' || isRemote(input) ? undefined : input.auth.mode
  const password = () => take('password', orderOf(input, 'password'))
  if (modes === 'none') return undefined
  if (modes === 'trusted-proxy') return input.purpose === 'node' ? undefined : password()
  if (modes === 'password') return password()
  const token = take('token', orderOf(input, 'token'))
  return token ?? (modes === 'token' ? undefined : password())
}

const isRemote = ({ target, mode }: CredentialInput): boolean => mode === 'remote' && target === 'remote'

function orderOf(input: CredentialInput, kind: 'token' | 'password'): readonly KnownSecret[] {
  const { purpose, target } = input
  const [env, auth, remote] = [input.env[kind], input.auth[kind], input.remote[kind]]
  if (target === 'env') return [env]
  if (isRemote(input)) {
    if (purpose === 'probe') {
      const anyRemote = input.remote.token.state !== 'unset' || input.remote.password.state !== 'unset'
      return anyRemote ? [remote] : [env]
    }
    return kind === 'token' ? [remote, env, auth] : [env, remote, auth]
  }
  if (purpose === 'probe') return input.auth.mode === undefined ? [env, auth] : [auth, env]
  return purpose === 'node' ? [env, auth] : [env, auth, remote]
}

function take(kind: 'token' | 'password', order: readonly KnownSecret[]): Credential | undefined {
  const found = firstConfigured(order)
  return found && { kind, ...found }
}
