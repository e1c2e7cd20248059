import type { Config } from '../../config/types.js'
import type { Env } from '../../instance/types.js'
import type { SecretValue } from '../../models/credentials.js'
import { checkBaseUrl } from '../../models/endpoint.js'
import { parseModelName } from '../../models/selection.js'
import type { ModelAnswer } from '../../setup/onboard/answers.js'
import {
  customChoice,
  type ProviderChoice,
  providerChoices,
  providerOfChoice,
  skipChoice,
} from '../../setup/onboard/providers.js'
import type { Translate } from '../messages.js'
import { usageError } from '../usage.js'
import { keyGiven, type OnboardFlags } from './options.js'

export interface Place {
  readonly config: Config
  readonly env: Env
}

const customKeyVariable = 'CUSTOM_API_KEY'
export const customApis = {
  openai: 'openai-completions',
  'openai-responses': 'openai-responses',
  anthropic: 'anthropic-messages',
} as const

/** The model that the options name, complete or not at all. Throws `usage` saying what is missing. */
export function modelOfFlags(flags: OnboardFlags, place: Place, t: Translate): ModelAnswer | undefined {
  const choice = flags.authChoice ?? impliedChoice(flags)
  if (choice === undefined || choice === skipChoice) return undefined
  if (choice === customChoice) return customModel(flags, place, t)
  const known = providerOfChoice(choice)
  if (!known) return undefined
  const { provider, kind, suggested } = known
  const model = flags.model ?? flags.customModelId ?? currentModel(place.config, provider) ?? suggested
  if (model === undefined) throw usageError(t('onboard.modelMissing', { provider }), 'onboard --help')
  const apiKey = kind === 'hosted' ? keyFor(known, flags, place, t) : undefined
  const baseUrl = kind === 'local' ? flags.customBaseUrl : undefined
  if (baseUrl !== undefined) checkUrl(baseUrl)
  return { provider, model: withoutProvider(model, provider), apiKey, baseUrl }
}

/** `--openai-api-key` alone says which provider is meant, and so does an address. */
function impliedChoice(flags: OnboardFlags): string | undefined {
  const keyed = providerChoices().find(({ provider }) => keyGiven(flags, provider) !== undefined)
  if (keyed) return `${keyed.provider}-api-key`
  if (flags.customBaseUrl !== undefined) return customChoice
  return flags.embedded ? 'echo' : undefined
}

function currentModel({ agents }: Config, provider: string): string | undefined {
  const written = agents?.defaults?.model
  const ref = typeof written === 'string' ? written : written?.primary
  return ref?.startsWith(`${provider}/`) ? ref : undefined
}

/** Both `gpt-5` and `openai/gpt-5` are understood; ids of OpenRouter hold slashes of their own. */
function withoutProvider(model: string, provider: string): string {
  return model.startsWith(`${provider}/`) ? parseModelName({}, model).id : model
}

/**
 * The key of a hosted provider: as text where it is given as text, else a reference to its variable. Undefined keeps
 * the one in the config.
 */
function keyFor(
  { provider, keys }: ProviderChoice,
  flags: OnboardFlags,
  { config, env }: Place,
  t: Translate,
): SecretValue | undefined {
  const given = keyGiven(flags, provider)
  const variable = keys.find((name) => env[name])
  const names = keys.join(', ')
  if (flags.secretInputMode === 'ref') {
    if (variable === undefined) throw usageError(t('onboard.refNeedsVariable', { names }), 'onboard --help')
    return referenceTo(variable)
  }
  if (given !== undefined) return given
  if (variable !== undefined) return flags.secretInputMode === 'plaintext' ? env[variable] : referenceTo(variable)
  if (config.models?.providers?.[provider]?.apiKey !== undefined) return undefined
  throw usageError(t('onboard.keyMissing', { provider, names }), 'onboard --help')
}

export function referenceTo(name: string): SecretValue {
  return { source: 'env', provider: 'default', id: name }
}

function customModel(flags: OnboardFlags, { env }: Place, t: Translate): ModelAnswer {
  const { customBaseUrl: baseUrl, customModelId, customProviderId, customCompatibility = 'openai' } = flags
  const model = customModelId ?? flags.model
  if (baseUrl === undefined || model === undefined) throw usageError(t('onboard.customMissing'), 'onboard --help')
  checkUrl(baseUrl)
  const fromEnv = env[customKeyVariable] ? referenceTo(customKeyVariable) : undefined
  if (flags.secretInputMode === 'ref' && !fromEnv) {
    throw usageError(t('onboard.refNeedsVariable', { names: customKeyVariable }), 'onboard --help')
  }
  const apiKey = flags.secretInputMode === 'ref' ? fromEnv : (flags.customApiKey ?? fromEnv)
  return {
    provider: customProviderId ?? customProvider(baseUrl),
    model,
    baseUrl,
    api: customApis[customCompatibility],
    apiKey,
    input: flags.customImageInput ? ['text', 'image'] : ['text'],
    listed: true,
  }
}

export function checkUrl(baseUrl: string): void {
  try {
    checkBaseUrl(baseUrl, '--custom-base-url')
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), 'onboard --help')
  }
}

/** `http://127.0.0.1:8080/v1` is `custom-127-0-0-1-8080`: two servers do not become one provider. */
export function customProvider(baseUrl: string): string {
  const { host } = new URL(baseUrl)
  return `custom-${host.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '')}`.slice(0, 64)
}
