import { createHash } from 'node:crypto'
import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import { type AuthProfiles, noProfiles, type ProfileType, profilesFor } from './auth-profiles.js'
import { type Environment, readSecret, type SecretLookup } from './credentials.js'
import type { KnownProvider } from './known-providers.js'
import { ownEntry } from './selection.js'

type ProviderSettings = NonNullable<NonNullable<Config['models']>['providers']>[string]

/** What a provider is called with. */
export interface Account {
  /** `<provider>:<name>`; `env`, `config` and `none` where it has no profile of its own. */
  readonly profile: string
  readonly type: ProfileType | 'env' | 'config' | 'none'
  readonly key: string | undefined
  readonly expiresAt?: number
}

export interface AccountSources {
  readonly config: Config
  readonly env: Environment
  readonly secret?: SecretLookup | undefined
  /** Accounts of the agent. */
  readonly profiles?: AuthProfiles | undefined
}

/**
 * The accounts at a provider in the order in which they are tried: the agent's profiles, else the one key of the config,
 * else that of the environment. The config stands before the environment because it belongs to this gateway, and the
 * environment to all that run on the host. Throws `upstream_auth_failed` when there is none and one is needed.
 */
export function accountsOf(
  provider: string,
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  sources: AccountSources,
): readonly [Account, ...Account[]] {
  const none: Account = { profile: `${provider}:none`, type: 'none', key: undefined }
  if (settings?.authHeader === false) return [none]
  const [first, ...more] = profileAccounts(provider, sources)
  if (first) return [first, ...more]
  const { env, secret } = sources
  const path = `models.providers.${provider}`
  const explicit = settings?.request?.auth?.token ?? settings?.apiKey
  if (explicit !== undefined && explicit !== '') {
    const key = readSecret(explicit, `${path}.apiKey`, env, secret)
    return [{ profile: `${provider}:config`, type: 'config', key }]
  }
  const key = known?.keys.map((name) => env[name]).find(Boolean)
  if (key !== undefined) return [{ profile: `${provider}:env`, type: 'env', key }]
  // Another address than the known one may well be a proxy that wants no key.
  if (!known || known.keys.length === 0 || settings?.baseUrl !== undefined) return [none]
  throw new GatewayError('upstream_auth_failed', {
    message: `There is no key for "${provider}". Set ${known.keys[0]}, or ${path}.apiKey.`,
  })
}

/** Those whose secret can be read; when none can, why the first cannot. */
function profileAccounts(provider: string, { config, env, secret, profiles }: AccountSources): Account[] {
  const own = profilesFor(profiles ?? noProfiles, provider, ownEntry(config.auth?.order, provider))
  const failures: unknown[] = []
  const accounts = own.flatMap(({ id, type, secret: value, expiresAt }): Account[] => {
    try {
      const key = readSecret(value, `auth profile ${id}`, env, secret)
      return [{ profile: id, type, key, ...(expiresAt !== undefined && { expiresAt }) }]
    } catch (error) {
      failures.push(error)
      return []
    }
  })
  if (accounts.length === 0 && failures.length > 0) throw failures[0]
  return accounts
}

/**
 * Names an account in what is remembered of its failures. A key that is replaced, or an address that changes, makes
 * another account: nothing is held against it. What is added is too little to find the key by.
 */
export function accountId({ profile, key }: Account, baseUrl: string): string {
  const digest = createHash('sha256')
    .update(`${baseUrl}\0${key ?? ''}`)
    .digest('hex')
  return `${profile}#${digest.slice(0, 8)}`
}

/** The profile of an account id. */
export function profileOf(account: string): string {
  return account.replace(/#[0-9a-f]{8}$/, '')
}
