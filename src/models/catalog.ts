import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import { type Account, accountId, accountsOf } from './account.js'
import type { AuthProfiles } from './auth-profiles.js'
import { type Environment, readSecret, type SecretLookup } from './credentials.js'
import { checkBaseUrl, isLocal } from './endpoint.js'
import { knownProviders } from './known-providers.js'
import { resolveProgram } from './program.js'
import { type ModelName, ownEntry, parseModelName } from './selection.js'
import type { ModelCompat, ResolvedModel } from './types.js'

/** Longest silence of an upstream when `timeoutSeconds` is unset. A local server may load the model first. */
const IDLE_TIMEOUT_MS = { hosted: 120_000, local: 300_000 }
/** Longest silence of a hosted upstream before its first output, while another model could answer instead. */
const PATIENCE_MS = 45_000

const legacyApis: ReadonlyMap<string, string> = new Map([['openai', 'openai-completions']])

/** Of a model that the config does not describe: let the upstream decide what it accepts. */
const unknownInput: readonly string[] = ['text', 'image']
const describedInput: readonly string[] = ['text']

export interface ResolveOptions {
  /** Its `params` and its own settings for the model join in. */
  readonly agentId?: string
  readonly secret?: SecretLookup
  /** Accounts of the agent. */
  readonly profiles?: AuthProfiles
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
  return resolveAccounts(config, name, env, options)[0]
}

/** As `resolveModel`, once for every account at its provider, in the order in which they are to be tried. */
export function resolveAccounts(
  config: Config,
  name: string,
  env: Environment,
  options: ResolveOptions = {},
): readonly [ResolvedModel, ...ResolvedModel[]] {
  const { profiles, secret } = options
  const pinned = pinnedProfile(name, profiles)
  const model = parseModelName(config, pinned ? name.slice(0, -pinned.length - 1) : name)
  const { provider } = model
  const program = resolveProgram(config, model, { env, secret })
  if (program) return [program]
  const settings = ownEntry(config.models?.providers, provider)
  const known = ownEntry(knownProviders, provider)
  const resolve = describe(config, model, env, options)
  const [first, ...more] = accountsOf(provider, settings, known, { config, env, secret, profiles })
  if (pinned === undefined) return [resolve(first), ...more.map(resolve)]
  const own = [first, ...more].find(({ profile }) => profile === pinned)
  if (!own) throw unknownModel(model, `there is no account "${pinned}" for it`)
  return [resolve(own)]
}

/** The account in `<provider>/<model>@<account>`. Ids of models may hold an @ as well. */
function pinnedProfile(name: string, profiles: AuthProfiles | undefined): string | undefined {
  return profiles?.profiles.find(({ id }) => name.endsWith(`@${id}`))?.id
}

/** Everything of a model but the account. Gives what adds that. */
function describe(
  config: Config,
  model: ModelName,
  env: Environment,
  options: ResolveOptions,
): (account: Account) => ResolvedModel {
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
  const headers = headersOf(provider, settings, row, env, options)
  const params = paramsOf(config, `${provider}/${id}`, settings, row, options.agentId)
  return (account) => ({
    ref: `${provider}/${id}`,
    provider,
    id,
    api: legacyApis.get(api) ?? api,
    baseUrl,
    account: accountId(account, baseUrl),
    apiKey: account.key,
    ...((sendsBearer(settings) || account.type === 'oauth' || account.type === 'token') && { bearer: true }),
    headers,
    input: row ? (row.input ?? describedInput) : unknownInput,
    contextWindow: smaller(smaller(row?.contextWindow, row?.contextTokens), contextLimit(config, options.agentId)),
    maxTokens: row?.maxTokens ?? settings?.maxTokens,
    ...patienceWith(baseUrl, settings?.timeoutSeconds),
    price: row?.cost,
    compat: compatOf(row?.compat),
    params,
  })
}

/** What the config says holds in any case; a local server may have to load the model first. */
function patienceWith(baseUrl: string, seconds: number | undefined): { idleTimeoutMs: number; patienceMs: number } {
  if (seconds) return { idleTimeoutMs: seconds * 1000, patienceMs: seconds * 1000 }
  if (isLocal(baseUrl)) return { idleTimeoutMs: IDLE_TIMEOUT_MS.local, patienceMs: IDLE_TIMEOUT_MS.local }
  return { idleTimeoutMs: IDLE_TIMEOUT_MS.hosted, patienceMs: PATIENCE_MS }
}

function unknownModel({ provider, id }: ModelName, remedy: string): GatewayError {
  return new GatewayError('model_not_found', { message: `No model "${provider}/${id}" is configured: ${remedy}.` })
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

/** What the config lets an agent use of any window. */
function contextLimit({ agents }: Config, agentId: string | undefined): number | undefined {
  const own = agentId === undefined ? undefined : ownEntry(agents?.entries, agentId)?.contextTokens
  return (own ?? agents?.defaults?.contextTokens) || undefined
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
