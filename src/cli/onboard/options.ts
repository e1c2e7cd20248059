import { bindModes } from '../../instance/bind.js'
import { providerChoices } from '../../setup/onboard/providers.js'
import { resetScopes } from '../../setup/removal/types.js'
import { jsonOption } from '../client-options.js'
import type { OptionDefinition, OptionDefinitions, OptionValues } from '../define.js'

const compatible = { kind: 'flag', text: 'setup.option.compatible', hidden: true } as const

/** Steps of the official onboarding that do not exist here: leaving them out is always granted. */
const skips = Object.fromEntries(
  ['Bootstrap', 'Hooks', 'Search', 'Skills'].map((step) => [`skip${step}`, compatible] as const),
)

/** Documented, without a subject here: refused in words. */
const later = Object.fromEntries(
  ['agentName', 'tokenProvider', 'tokenProfileId', 'tokenExpiresIn', 'importFrom', 'importSource'].map(
    (name) => [name, { kind: 'text', value: 'value', text: 'option.unavailable', unavailable: true }] as const,
  ),
)

/** `--openai-api-key` and so on: one for each provider that needs a key; the usual ones are in the help. */
const shownKeys = new Set(['openai', 'anthropic', 'gemini'])
export const keyOptions: Readonly<Record<string, OptionDefinition>> = Object.fromEntries(
  providerChoices().flatMap(({ provider, kind }) => {
    if (kind !== 'hosted') return []
    const name = provider === 'google' ? 'gemini' : provider
    const hidden = shownKeys.has(name) ? {} : { hidden: true }
    return [[`${name}ApiKey`, { kind: 'text', value: 'key', text: 'onboard.option.apiKey', ...hidden }] as const]
  }),
)

/** What a profile is made of; `setup` and `onboard` spell it alike. */
export const profileOptions = {
  workspace: { kind: 'text', value: 'dir', text: 'setup.option.workspace' },
  port: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'setup.option.port', alias: '--gateway-port' },
  bind: { kind: 'choice', choices: bindModes, text: 'setup.option.bind', alias: '--gateway-bind' },
  auth: {
    kind: 'choice',
    choices: ['token', 'password', 'none', 'trusted-proxy'],
    text: 'setup.option.auth',
    alias: '--gateway-auth',
  },
  token: { kind: 'text', value: 'token', text: 'setup.option.token', alias: '--gateway-token' },
  password: { kind: 'text', value: 'password', text: 'setup.option.password', alias: '--gateway-password' },
  mode: { kind: 'choice', choices: ['local', 'remote'], text: 'setup.option.mode' },
  remoteUrl: { kind: 'text', value: 'url', text: 'setup.option.remoteUrl' },
  remoteToken: { kind: 'text', value: 'token', text: 'setup.option.remoteToken' },
  remotePassword: { kind: 'text', value: 'password', text: 'setup.option.remotePassword' },
  embedded: { kind: 'flag', text: 'setup.option.embedded' },
  nonInteractive: { kind: 'flag', text: 'option.nonInteractive' },
  acceptRisk: { kind: 'flag', text: 'onboard.option.acceptRisk' },
  suppressGatewayTokenOutput: { kind: 'flag', text: 'setup.option.suppressToken' },
  ...jsonOption,
} as const satisfies OptionDefinitions

/** What only onboarding does. */
const wizardOptions = {
  flow: { kind: 'choice', choices: ['quickstart', 'advanced', 'manual'], text: 'onboard.option.flow' },
  authChoice: { kind: 'text', value: 'provider', text: 'onboard.option.authChoice' },
  model: { kind: 'text', value: 'model', text: 'onboard.option.model' },
  testModel: { kind: 'flag', text: 'onboard.option.testModel' },
  secretInputMode: { kind: 'choice', choices: ['plaintext', 'ref'], text: 'onboard.option.secretInputMode' },
  customBaseUrl: { kind: 'text', value: 'url', text: 'onboard.option.customBaseUrl' },
  customModelId: { kind: 'text', value: 'model', text: 'onboard.option.customModelId' },
  customProviderId: { kind: 'text', value: 'id', text: 'onboard.option.customProviderId' },
  customApiKey: { kind: 'text', value: 'key', text: 'onboard.option.customApiKey' },
  customCompatibility: {
    kind: 'choice',
    choices: ['openai', 'openai-responses', 'anthropic'],
    text: 'onboard.option.customCompatibility',
  },
  customImageInput: { kind: 'flag', text: 'onboard.option.customImageInput' },
  customTextInput: { ...compatible },
  gatewayTokenRefEnv: { kind: 'text', value: 'NAME', text: 'onboard.option.tokenRefEnv' },
  tailscale: { kind: 'choice', choices: ['off', 'serve', 'funnel'], text: 'onboard.option.tailscale' },
  installDaemon: { kind: 'flag', text: 'onboard.option.installDaemon' },
  noInstallDaemon: { kind: 'flag', text: 'onboard.option.noInstallDaemon' },
  skipDaemon: { kind: 'flag', text: 'onboard.option.noInstallDaemon', hidden: true },
  skipChannels: { kind: 'flag', text: 'onboard.option.skipChannels' },
  skipHealth: { kind: 'flag', text: 'onboard.option.skipHealth' },
  skipUi: { kind: 'flag', text: 'onboard.option.skipUi' },
  reset: { kind: 'flag', text: 'onboard.option.reset' },
  resetScope: { kind: 'choice', choices: resetScopes, text: 'reset.option.scope' },
  daemonRuntime: { kind: 'choice', choices: ['node'], text: 'setup.option.compatible', hidden: true },
  nodeManager: { kind: 'choice', choices: ['npm', 'pnpm', 'bun'], text: 'setup.option.compatible', hidden: true },
  classic: compatible,
  tui: compatible,
  team: { kind: 'text', value: 'value', text: 'option.unavailable', unavailable: true },
} as const satisfies OptionDefinitions

export const onboardOptions = { ...profileOptions, ...wizardOptions, ...keyOptions, ...skips, ...later } as const

type Named = typeof profileOptions & typeof wizardOptions
/** The options as parsed; the key of a provider is read with `keyGiven`. */
export type OnboardFlags = OptionValues<Named>

/** The key that the command line gives for a provider. */
export function keyGiven(flags: object, provider: string): string | undefined {
  const value: unknown = Reflect.get(flags, `${provider === 'google' ? 'gemini' : provider}ApiKey`)
  return typeof value === 'string' ? value : undefined
}

/**
 * Options with which `setup` becomes onboarding. What a plain setup can do as well (skip this and that, choose no model)
 * does not count: scripts use it.
 */
export function asksForOnboarding(flags: OnboardFlags): boolean {
  const harmless = new Set<string>([
    'noInstallDaemon',
    'skipDaemon',
    'skipChannels',
    'skipHealth',
    'skipUi',
    'classic',
    'tui',
  ])
  const own = ['acceptRisk', ...Object.keys(wizardOptions), ...Object.keys(keyOptions)].filter(
    (name) => !harmless.has(name),
  )
  return own.some((name) => {
    const value: unknown = Reflect.get(flags, name)
    return value !== undefined && value !== false && !(name === 'authChoice' && value === 'skip')
  })
}

/** As if nothing had been typed: for questions that are asked outside of `onboard`. */
export function noFlags(): OnboardFlags {
  const all = Object.entries({ ...profileOptions, ...wizardOptions })
  return Object.fromEntries(all.map(([name, { kind }]) => [name, kind === 'flag' ? false : undefined])) as OnboardFlags
}
