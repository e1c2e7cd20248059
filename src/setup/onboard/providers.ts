import { knownProviders } from '../../models/known-providers.js'

/** How the wizard and `--auth-choice` speak of a model provider. */
export type ProviderKind =
  /** The embedded model: no key, no network. */
  | 'embedded'
  /** A server on this machine or network; a key is unusual. */
  | 'local'
  /** Needs a key. */
  | 'hosted'

/** A model to begin with where the user names none; what the provider lists is asked for first. */
const beginWith: Readonly<Record<string, string>> = {
  openai: 'gpt-5',
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-2.5-flash',
  deepseek: 'deepseek-chat',
  mistral: 'mistral-large-latest',
  moonshot: 'kimi-k2-0905-preview',
  openrouter: 'openrouter/auto',
  zai: 'glm-4.6',
}

export interface ProviderChoice {
  readonly provider: string
  readonly kind: ProviderKind
  readonly api: string
  readonly baseUrl: string
  /** Variables that may hold the key. */
  readonly keys: readonly string[]
  readonly suggested: string | undefined
}

/** Every provider that is known without a config. */
export function providerChoices(): ProviderChoice[] {
  return Object.entries(knownProviders).map(([provider, { api, baseUrl, keys }]) => ({
    provider,
    kind: provider === 'builtin' ? 'embedded' : keys.length === 0 ? 'local' : 'hosted',
    api,
    baseUrl,
    keys,
    suggested: provider === 'builtin' ? 'echo' : beginWith[provider],
  }))
}

/** Not a provider of the table: the user names the address. */
export const customChoice = 'custom-api-key'
/** Leaves the model as it is. */
export const skipChoice = 'skip'

/** Names of the official tool for what is spelt otherwise here. */
const otherNames: Readonly<Record<string, string>> = {
  apiKey: 'anthropic',
  'gemini-api-key': 'google',
  echo: 'builtin',
  embedded: 'builtin',
}

/** The values of `--auth-choice`: `openai-api-key`, `ollama`, `echo`, `custom-api-key`, `skip` and so on. */
export function authChoices(): string[] {
  const own = providerChoices().flatMap(({ provider, kind }) => {
    if (kind === 'embedded') return []
    return [kind === 'hosted' ? `${provider}-api-key` : provider]
  })
  return [skipChoice, ...Object.keys(otherNames), ...own, customChoice]
}

/** What a value of `--auth-choice` means; undefined for `skip` and `custom-api-key`. */
export function providerOfChoice(choice: string): ProviderChoice | undefined {
  const name = otherNames[choice] ?? choice.replace(/-api-key$/, '')
  return providerChoices().find(({ provider }) => provider === name)
}
