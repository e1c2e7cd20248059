import { readFile } from 'node:fs/promises'
import type { Config } from '../../schemas/config/index.js'
import { planPorts } from '../instance/ports.js'
import { type RunRecord, readRunFile } from '../instance/run-file.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { tlsFiles } from '../remote/tls/files.js'
import { tunnelPlan, tunnelUrl } from '../remote/tunnel/plan.js'
import { isPointer } from '../secrets/pointer.js'
import { type Credential, type CredentialInput, type Purpose, resolveCredential } from './credentials.js'
import { type EdgeHeaders, edgeHeaders } from './edge-auth.js'
import { normalPin } from './pin.js'
import { isLoopback } from './plaintext.js'
import { type Probe, probeGateway } from './probe.js'
import type { ReferredInput } from './referred.js'
import { ofText, readSecret } from './secret.js'
import { resolveTarget, type Target } from './target.js'

/** Everything that talks to a gateway answers within this time when it is down (spec/README.md 14), in ms. */
export const defaultTimeoutMs = 2000

/** What a command line says about its gateway. */
export interface ClientFlags {
  readonly url?: string | undefined
  readonly port?: number | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  /** SHA-256 of the certificate to insist on, in any usual spelling. */
  readonly tlsFingerprint?: string | undefined
  /** Milliseconds. */
  readonly timeout?: number | undefined
}

export interface ClientInput {
  readonly instance: Instance
  /** As far as it could be read. */
  readonly config: Config
  readonly flags: ClientFlags
  readonly purpose: Purpose
}

/** A gateway that a command is about: where it is and what may be sent there. Nothing has been sent yet. */
export interface FoundGateway {
  readonly instance: Instance
  readonly target: Target
  /** What may be sent there. */
  readonly credential: Credential | undefined
  /** True when this machine's own gateway asks for no credential. */
  readonly withoutSecret: boolean
  /** Why a configured credential cannot be used; looking goes on without it. */
  readonly credentialProblem: string | undefined
  /** What the profile's own gateway wrote about itself; undefined when it never ran or ended in order. */
  readonly record: RunRecord | undefined
  /** SHA-256 of the certificate to insist on. */
  readonly pin: string | undefined
  /** For a proxy in front of it; see edge-auth.ts. */
  readonly headers: EdgeHeaders
  /** Looks at it; `base` is another way to the same gateway. */
  probe(base?: URL): Promise<Probe>
}

/**
 * Finds the gateway that a command is about and what may be sent to it. The live port of the profile's own gateway
 * comes from its run-file. Throws what `resolveTarget` and `resolveCredential` throw; sends nothing yet.
 */
export async function findGateway({ instance, config, flags, purpose }: ClientInput): Promise<FoundGateway> {
  const { gateway = {} } = config
  const { env, settings } = instance
  const record = await readRunFile(instance.paths.runFile)
  const local = {
    port: record?.port ?? planPorts(instance, gateway.port).base,
    scheme: record?.scheme ?? (gateway.tls?.enabled ? 'https' : 'http'),
  } as const
  const target = resolveTarget({
    url: flags.url,
    port: flags.port,
    envUrl: settings.url,
    mode: gateway.mode,
    remoteUrl: gateway.remote?.url ?? localEnd(config, instance),
    local,
    allowInsecureNames: settings.allowInsecurePrivateWs,
  })
  const { auth, remote } = gateway
  const places = {
    'gateway.auth.token': auth?.token,
    'gateway.auth.password': auth?.password,
    'gateway.remote.token': remote?.token,
    'gateway.remote.password': remote?.password,
  }
  const references = new Map(
    Object.entries(places).flatMap(([path, value]) => (isPointer(value) ? [[path, value]] : [])),
  )
  const headers = edgeHeaders(target, await withEdgeSecrets(target, instance, config, purpose), env)
  const { credential, problem } = await findCredential(
    target,
    { instance, secrets: config.secrets, references },
    {
      purpose,
      target: target.source,
      mode: gateway.mode ?? 'local',
      explicit: { token: flags.token, password: flags.password },
      env: {
        token: ofText(settings.token, 'OPENCLAW_GATEWAY_TOKEN'),
        password: ofText(settings.password, 'OPENCLAW_GATEWAY_PASSWORD'),
      },
      auth: {
        mode: gateway.auth?.mode,
        token: readSecret(gateway.auth?.token, 'gateway.auth.token', env),
        password: readSecret(gateway.auth?.password, 'gateway.auth.password', env),
      },
      remote: {
        token: readSecret(gateway.remote?.token, 'gateway.remote.token', env),
        password: readSecret(gateway.remote?.password, 'gateway.remote.password', env),
      },
    },
  )
  const own = target.source === 'local'
  const pin = await pinFor({ target, flags, instance, config, record })
  return {
    instance,
    target,
    credential,
    withoutSecret: (own || target.source === 'port') && gateway.auth?.mode === 'none',
    pin,
    headers,
    credentialProblem: problem,
    record,
    probe: (base = target.base) =>
      probeGateway({
        base,
        display: target.display,
        // This host sees everything without; whoever else holds the port must not learn the secret.
        bearer: own || (target.source === 'port' && isLoopback(target.base.hostname)) ? undefined : credential?.value,
        timeoutMs: flags.timeout ?? defaultTimeoutMs,
        pin,
        headers,
        expected: own ? { profile: instance.profile, instanceId: record?.instanceId } : undefined,
      }),
  }
}

/** Without a URL the remote gateway is at the local end of its tunnel, where there is one. */
function localEnd(config: Config, { paths }: Instance): string | undefined {
  const plan = tunnelPlan(config, paths.home)
  return plan && tunnelUrl(config, plan)
}

/** The config with the headers for a proxy that are kept elsewhere; read only when they are going to be sent. */
async function withEdgeSecrets(
  { source }: Target,
  instance: Instance,
  config: Config,
  purpose: Purpose,
): Promise<Config> {
  const edge = config.gateway?.remote?.edgeAuth
  if (source !== 'remote' || !edge || !Object.values(edge).some(isPointer)) return config
  return (await import('./referred.js')).withEdgeAuth(instance, config, purpose)
}

/**
 * A look at a gateway goes on without a secret that cannot be read; a call does not. An address of a flag or a variable
 * needs no secret when exactly that gateway gave this device a token of its own.
 */
async function findCredential(
  { base }: Target,
  known: Omit<ReferredInput, 'credentials'>,
  credentials: CredentialInput,
): Promise<{ credential?: Credential; problem?: string }> {
  try {
    // Most configs hold no references; what reads them is not loaded then.
    if (known.references.size === 0) return { credential: resolveCredential(credentials) }
    const { resolveReferred } = await import('./referred.js')
    return { credential: await resolveReferred({ ...known, credentials }) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    if (credentials.purpose === 'probe') return { problem: error.message }
    if (error.code === 'credentials_required' && (await hasDeviceToken(known.instance, base))) return {}
    throw error
  }
}

async function hasDeviceToken({ paths }: Pick<Instance, 'paths'>, gateway: URL): Promise<boolean> {
  const [{ identityPath, readIdentity }, { DeviceTokens }, { clientRole }] = await Promise.all([
    import('../devices/identity-file.js'),
    import('./device-tokens.js'),
    import('./login.js'),
  ])
  const identity = await readIdentity(identityPath(paths.credentials))
  if (!identity) return false
  const owner = { gateway, deviceId: identity.deviceId, role: clientRole }
  return (await new DeviceTokens(paths.credentials).read(owner)) !== undefined
}

interface PinInput extends Pick<ClientInput, 'flags' | 'instance' | 'config'> {
  readonly target: Target
  readonly record: RunRecord | undefined
}

/**
 * The certificate to insist on (spec/config.md section 4): that of the flag; for the configured remote the configured
 * one; for this machine's own gateway the one that its run-file names, else that of the file. A pin belongs to one
 * gateway: other addresses do not inherit it. Throws `usage` for a flag that is no fingerprint.
 */
async function pinFor({ target, flags, instance, config, record }: PinInput): Promise<string | undefined> {
  const { base, source } = target
  const { remote, mode } = config.gateway ?? {}
  const flag = flags.tlsFingerprint
  const given = flag === undefined ? undefined : normalPin(flag)
  if (flag !== undefined && given === undefined) {
    const message = '--tls-fingerprint must be a SHA-256 fingerprint: 64 hex digits, with or without colons.'
    throw new GatewayError('usage', { message })
  }
  if (base.protocol !== 'https:') return undefined
  if (given !== undefined) return given
  const remoteMode = source === 'remote' || (source === 'env' && mode === 'remote')
  if (remoteMode) return remote?.tlsFingerprint === undefined ? undefined : normalPin(remote.tlsFingerprint)
  if (source !== 'local' && source !== 'port') return undefined
  if (record?.tlsFingerprint !== undefined && String(record.port) === base.port) return record.tlsFingerprint
  const pem = await readFile(tlsFiles(config, instance.paths).cert).catch(() => undefined)
  if (!pem) return undefined
  const { X509Certificate } = await import('node:crypto')
  return new X509Certificate(pem).fingerprint256
}
