import type { Config } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { systemClock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { Stop } from '../kernel/stop.js'
import { isPointer } from '../secrets/pointer.js'
import type { SecretPointer, SecretsConfig } from '../secrets/types.js'
import { type Credential, type CredentialInput, type Purpose, resolveCredential } from './credentials.js'
import { ofText } from './secret.js'

export interface ReferredInput {
  readonly instance: Instance
  readonly secrets: SecretsConfig | undefined
  /** References by the path at which the config has them. */
  readonly references: ReadonlyMap<string, SecretPointer>
  readonly credentials: CredentialInput
}

type Section = 'auth' | 'remote'
type Kind = 'token' | 'password'

/**
 * As `resolveCredential`, with references to files and programs read: only those that would be sent, and one after the
 * other. A look at a gateway (status, audit, doctor) reads files but starts no program, which may ask a person for a
 * fingerprint; it goes on without (spec/config.md section 4, "fail-closed").
 * @throws GatewayError as `resolveCredential`; `auth_misconfigured` says why a reference could not be read.
 */
export async function resolveReferred(input: ReferredInput): Promise<Credential | undefined> {
  let { credentials } = input
  const tried = new Set<string>()
  for (;;) {
    try {
      return resolveCredential(credentials)
    } catch (error) {
      const path = unreadPath(error)
      const ref = path === undefined ? undefined : input.references.get(path)
      if (!ref || path === undefined || tried.has(path) || !mayRead(ref, credentials)) throw error
      tried.add(path)
      credentials = withValue(credentials, path, await valueBehind(ref, path, input))
    }
  }
}

/** The config with what references of `gateway.remote.edgeAuth` stand for. Throws as `resolveReferred`. */
export async function withEdgeAuth(instance: Instance, config: Config, purpose: Purpose): Promise<Config> {
  const { gateway = {}, secrets } = config
  const edgeAuth: Record<string, string | SecretPointer> = {}
  for (const [name, value] of Object.entries(gateway.remote?.edgeAuth ?? {})) {
    const reads = isPointer(value) && value.source !== 'env' && mayRead(value, { purpose })
    edgeAuth[name] = reads ? await valueBehind(value, `gateway.remote.edgeAuth.${name}`, { instance, secrets }) : value
  }
  return { ...config, gateway: { ...gateway, remote: { ...gateway.remote, edgeAuth } } }
}

const mayRead = ({ source }: SecretPointer, { purpose }: Pick<CredentialInput, 'purpose'>) =>
  source !== 'exec' || purpose !== 'probe'

function unreadPath(error: unknown): string | undefined {
  if (!(error instanceof GatewayError) || error.details?.reason !== 'GATEWAY_SECRET_REF_UNAVAILABLE') return undefined
  return typeof error.details.path === 'string' ? error.details.path : undefined
}

async function valueBehind(
  ref: SecretPointer,
  path: string,
  { secrets, instance }: Pick<ReferredInput, 'secrets' | 'instance'>,
): Promise<string> {
  const { resolveAll } = await import('../secrets/resolve.js')
  const { env, paths } = instance
  const context = { env, home: paths.home, clock: systemClock, signal: new Stop() }
  const [outcome] = [...(await resolveAll([ref], secrets, context)).values()]
  if (outcome?.ok && typeof outcome.value === 'string' && outcome.value.trim() !== '') return outcome.value
  const why = outcome?.ok === false ? outcome.failure.message : `The provider "${ref.provider}" gave no text.`
  throw new GatewayError('auth_misconfigured', {
    message: `${path}: ${why} Or pass --token or --password.`,
    details: { reason: 'GATEWAY_SECRET_REF_UNAVAILABLE', path },
  })
}

/** The input with a value at `gateway.auth.token` and the like. */
function withValue(input: CredentialInput, path: string, value: string): CredentialInput {
  const [, section, kind] = path.split('.') as [string, Section, Kind]
  return { ...input, [section]: { ...input[section], [kind]: ofText(value, path) } }
}
