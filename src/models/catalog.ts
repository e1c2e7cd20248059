import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import { type Environment, readSecret, type SecretLookup } from './credentials.js'
import { checkBaseUrl, isLocal } from './endpoint.js'
import { type KnownProvider, knownProviders } from './known-providers.js'
import { type ModelName, ownEntry, parseModelName } from './selection.js'
import type { ModelCompat, ResolvedModel } from './types.js'

/** Longest silence of an upstream when `timeoutSeconds` is unset. A local server may load the model first. */
const IDLE_TIMEOUT_MS = { hosted: 120_000, local: 300_000 }

const legacyApis: ReadonlyMap<string, string> = new Map([['openai', 'openai-completions']])

/** Of a model that the config does not describe: let the upstream decide what it accepts. */
const unknownInput: readonly string[] = ['text', 'image']
const describedInput: readonly string[] = ['text']

export interface ResolveOptions {
  /** Its `params` and its own settings for the model join in. */
  readonly agentId?: string
  readonly secret?: SecretLookup
}

type ProviderSettings = NonNullable<NonNullable<Config['models']>['providers']>[string]
type ModelRow = NonNullable<ProviderSettings['models']>[number]

/**
 * Makes a model ready to be called: config first, then what is known of the provider (spec/config.md section 11.1).
 * Throws `model_not_found`, or `upstream_auth_failed` when its key is nowhere.
 */
export function resolveModel(
  config: Config,
  name: string,
  env: Environment,
  options: ResolveOptions = {},
): ResolvedModel {
  const model = parseModelName(config, name)
  const { provider, id } = model
  const settings = ownEntry(config.models?.providers, provider)
  const known = ownEntry(knownProviders, provider)
  const replace = config.models?.mode === 'replace' && provider !== 'builtin'
  if (!settings && (!known || replace)) throw unknownModel(model, `set models.providers.${provider}.baseUrl`)
  const row = settings?.models?.find((candidate) => candidate.id === id)
  if (!row && replace) throw unknownModel(model, `add it to models.providers.${provider}.models`)
  if (provider === 'builtin' && id !== 'echo') throw unknownModel(model, 'the only embedded model is builtin/echo')

  const baseUrl = row?.baseUrl ?? settings?.baseUrl ?? known?.baseUrl
  if (baseUrl === undefined) throw unknownModel(model, `set models.providers.${provider}.baseUrl`)
  if (provider !== 'builtin') checkBaseUrl(baseUrl, `models.providers.${provider}.baseUrl`)
  const api = row?.api ?? settings?.api ?? known?.api ?? 'openai-completions'
  const seconds = settings?.timeoutSeconds
  return {
    ref: `${provider}/${id}`,
    provider,
    id,
    api: legacyApis.get(api) ?? api,
    baseUrl,
    apiKey: keyOf(model, settings, known, env, options),
    ...(sendsBearer(settings) && { bearer: true }),
    headers: headersOf(provider, settings, row, env, options),
    input: row ? (row.input ?? describedInput) : unknownInput,
    contextWindow: smaller(row?.contextWindow, row?.contextTokens),
    maxTokens: row?.maxTokens ?? settings?.maxTokens,
    idleTimeoutMs: seconds ? seconds * 1000 : isLocal(baseUrl) ? IDLE_TIMEOUT_MS.local : IDLE_TIMEOUT_MS.hosted,
    price: row?.cost,
    compat: compatOf(row?.compat),
    params: paramsOf(config, `${provider}/${id}`, settings, row, options.agentId),
  }
}

function unknownModel({ provider, id }: ModelName, remedy: string): GatewayError {
  return new GatewayError('model_not_found', { message: `No model "${provider}/${id}" is configured: ${remedy}.` })
}

function keyOf(
  { provider }: ModelName,
  settings: ProviderSettings | undefined,
  known: KnownProvider | undefined,
  env: Environment,
  { secret }: ResolveOptions,
): string | undefined {
  if (settings?.authHeader === false) return undefined
  const path = `models.providers.${provider}`
  const explicit = settings?.request?.auth?.token ?? settings?.apiKey
  if (explicit !== undefined && explicit !== '') return readSecret(explicit, `${path}.apiKey`, env, secret)
  const fromEnv = known?.keys.map((name) => env[name]).find(Boolean)
  // Another address than the known one may well be a proxy that wants no key.
  if (fromEnv || !known || known.keys.length === 0 || settings?.baseUrl !== undefined) return fromEnv
  throw new GatewayError('upstream_auth_failed', {
    message: `There is no key for "${provider}". Set ${known.keys[0]}, or ${path}.apiKey.`,
  })
}

function sendsBearer(settings: ProviderSettings | undefined): boolean {
  const { authHeader, auth, request } = settings ?? {}
  return authHeader === true || auth === 'token' || auth === 'oauth' || request?.auth?.mode === 'authorization-bearer'
}

function headersOf(
  provider: string,
  settings: ProviderSettings | undefined,
  row: ModelRow | undefined,
  env: Environment,
  { secret }: ResolveOptions,
): Record<string, string> {
  const headers: Record<string, string> = {}
  const path = `models.providers.${provider}.headers`
  for (const source of [settings?.headers, settings?.request?.headers, row?.headers]) {
    for (const [name, value] of Object.entries(source ?? {})) {
      headers[name.toLowerCase()] = readSecret(value, `${path}.${name}`, env, secret)
    }
  }
  const auth = settings?.request?.auth
  if (auth?.mode === 'header' && auth.headerName && auth.value !== undefined) {
    const value = readSecret(auth.value, `models.providers.${provider}.request.auth.value`, env, secret)
    headers[auth.headerName.toLowerCase()] = `${auth.prefix ?? ''}${value}`
  }
  return headers
}

function compatOf(raw: Readonly<Record<string, unknown>> | undefined): ModelCompat | undefined {
  if (!raw) return undefined
  const flag = (key: string) => (typeof raw[key] === 'boolean' ? { [key]: raw[key] } : {})
  const field = raw.maxTokensField
  return {
    ...(field === 'max_tokens' || field === 'max_completion_tokens' ? { maxTokensField: field } : {}),
    ...flag('supportsDeveloperRole'),
    ...flag('supportsUsageInStreaming'),
    ...flag('supportsReasoningEffort'),
    ...flag('supportsStrictMode'),
    ...flag('supportsPromptCache'),
  }
}

/** From the widest scope to the narrowest; the narrowest wins. */
function paramsOf(
  config: Config,
  ref: string,
  settings: ProviderSettings | undefined,
  row: ModelRow | undefined,
  agentId: string | undefined,
): Readonly<Record<string, unknown>> {
  const { defaults, entries } = config.agents ?? {}
  const agent = agentId === undefined ? undefined : ownEntry(entries, agentId)
  return {
    ...settings?.params,
    ...row?.params,
    ...defaults?.params,
    ...ownEntry(defaults?.models, ref)?.params,
    ...agent?.params,
    ...ownEntry(agent?.models, ref)?.params,
  }
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
