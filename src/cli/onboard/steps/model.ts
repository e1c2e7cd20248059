import { systemClock } from '../../../kernel/clock.js'
import type { SecretValue } from '../../../models/credentials.js'
import { ownEntry } from '../../../models/selection.js'
import type { ModelAnswer } from '../../../setup/onboard/answers.js'
import { withModel } from '../../../setup/onboard/edits.js'
import { type ProviderChoice, providerChoices } from '../../../setup/onboard/providers.js'
import { customApis, customProvider, referenceTo } from '../model-flags.js'
import type { Wizard } from '../wizard.js'
import { pickModel } from './model-name.js'

const usual = ['openai', 'anthropic', 'google']

/**
 * The model of all agents, tried out by a real turn before it is taken. Undefined leaves the config as it is.
 * `given` comes from the command line: then only the turn is left.
 */
export async function modelStep(wizard: Wizard, given: ModelAnswer | undefined): Promise<ModelAnswer | undefined> {
  let answer = given
  for (;;) {
    answer ??= await askModel(wizard)
    if (!answer) return undefined
    const verdict = await tryModel(wizard, answer)
    if (verdict === 'take') return answer
    if (verdict === 'change') answer = undefined
  }
}

async function askModel(wizard: Wizard): Promise<ModelAnswer | undefined> {
  const { ask, context, config, flags } = wizard
  if (flags.authChoice === 'skip') return undefined
  const { t } = context
  const current = currentRef(wizard)
  const all = providerChoices()
  const hosted = all.filter(({ kind, provider }) => kind === 'hosted' && !usual.includes(provider))
  const label = (id: string) => ({ value: id, label: names[id] ?? id })
  const chosen = await ask.select<string>({
    message: t('onboard.model.ask'),
    choices: [
      ...(current ? [{ value: 'keep', label: t('onboard.model.keep', { ref: current }) }] : []),
      { value: 'builtin', label: t('onboard.model.embedded'), hint: t('onboard.model.embeddedHint') },
      ...usual.map(label),
      { ...label('ollama'), hint: t('onboard.model.ollamaHint') },
      { value: 'custom', label: t('onboard.model.custom'), hint: t('onboard.model.customHint') },
      {
        value: 'more',
        label: t('onboard.model.more'),
        hint: hosted
          .slice(0, 3)
          .map(({ provider }) => provider)
          .join(', '),
      },
      { value: 'skip', label: t('onboard.model.skip') },
    ],
    initial: current ? 'keep' : 'builtin',
  })
  if (chosen === 'keep' || chosen === 'skip') return undefined
  if (chosen === 'custom') return askCustom(wizard)
  const id =
    chosen === 'more'
      ? await ask.select({ message: t('onboard.model.which'), choices: hosted.map(({ provider }) => label(provider)) })
      : chosen
  const choice = all.find(({ provider }) => provider === id)
  if (!choice) return undefined
  if (choice.kind === 'embedded') return { provider: 'builtin', model: 'echo' }
  const entry = choice.kind === 'hosted' ? { apiKey: await askKey(wizard, choice) } : await askAddress(wizard, choice)
  const partial = { provider: choice.provider, ...entry }
  const model = await pickModel(wizard, partial, withModel(config, { ...partial, model: '-' }), choice.suggested)
  return { ...partial, model }
}

const names: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google Gemini',
  ollama: 'Ollama',
  openrouter: 'OpenRouter',
}

function currentRef({ config }: Wizard): string | undefined {
  const written = config.agents?.defaults?.model
  return typeof written === 'string' ? written : written?.primary
}

/** As text in the config (0600), or a variable whose value is never written down. Undefined keeps what is there. */
async function askKey(wizard: Wizard, { provider, keys }: ProviderChoice): Promise<SecretValue | undefined> {
  const { ask, context, config, env, flags } = wizard
  const { t } = context
  const variable = keys.find((name) => env[name])
  const has = ownEntry(config.models?.providers, provider)?.apiKey !== undefined
  const how =
    flags.secretInputMode === undefined
      ? await ask.select<'keep' | 'found' | 'type' | 'name'>({
          message: t('onboard.key.ask', { provider: names[provider] ?? provider }),
          choices: [
            ...(has ? [{ value: 'keep' as const, label: t('onboard.keepCurrent') }] : []),
            ...(variable ? [{ value: 'found' as const, label: t('onboard.key.found', { name: variable }) }] : []),
            { value: 'type', label: t('onboard.key.type'), hint: t('onboard.key.typeHint') },
            { value: 'name', label: t('onboard.key.name'), hint: t('onboard.key.nameHint') },
          ],
          initial: has ? 'keep' : variable ? 'found' : 'type',
        })
      : flags.secretInputMode === 'ref'
        ? 'name'
        : 'type'
  if (how === 'keep') return undefined
  if (how === 'found' && variable) return referenceTo(variable)
  if (how === 'name') return referenceTo(await askVariable(wizard, variable ?? keys[0] ?? 'API_KEY'))
  return ask.secret({
    message: t('onboard.key.enter'),
    check: (text) => (text.trim() ? undefined : t('onboard.empty')),
  })
}

export function askVariable({ ask, context: { t } }: Wizard, initial: string): Promise<string> {
  const check = (name: string) =>
    /^[A-Z][A-Z0-9_]{0,127}$/.test(name) ? undefined : t('onboard.variableName', { name })
  return ask.text({ message: t('onboard.key.variable'), initial, check })
}

async function askAddress({ ask, context: { t }, config }: Wizard, { provider, baseUrl }: ProviderChoice) {
  const current = ownEntry(config.models?.providers, provider)?.baseUrl ?? baseUrl
  const typed = await ask.text({ message: t('onboard.custom.url'), initial: current, check: urlCheck(t) })
  return typed === baseUrl ? {} : { baseUrl: typed }
}

function urlCheck(t: Wizard['context']['t']) {
  return (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    const fine = url && /^https?:$/.test(url.protocol) && !url.username && !url.password
    return fine ? undefined : t('onboard.custom.badUrl')
  }
}

async function askCustom(wizard: Wizard): Promise<ModelAnswer> {
  const { ask, context, config } = wizard
  const { t } = context
  const baseUrl = await ask.text({
    message: t('onboard.custom.url'),
    initial: 'http://127.0.0.1:1234/v1',
    check: urlCheck(t),
  })
  const compatibility = await ask.select<keyof typeof customApis>({
    message: t('onboard.custom.api'),
    choices: [
      { value: 'openai', label: 'OpenAI Chat Completions' },
      { value: 'openai-responses', label: 'OpenAI Responses' },
      { value: 'anthropic', label: 'Anthropic Messages' },
    ],
    initial: 'openai',
  })
  const key = await ask.secret({ message: t('onboard.custom.key') })
  const provider = await ask.text({
    message: t('onboard.custom.id'),
    initial: customProvider(baseUrl),
    check: (id) =>
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) && id !== 'builtin' ? undefined : t('onboard.custom.badId'),
  })
  const partial = { provider, baseUrl, api: customApis[compatibility], ...(key && { apiKey: key }), listed: true }
  const model = await pickModel(wizard, partial, withModel(config, { ...partial, model: '-' }), undefined)
  return { ...partial, model }
}

/** Asks the model one thing. What a failure means is for the user to say. */
async function tryModel(
  { ask, context, config, env }: Wizard,
  answer: ModelAnswer,
): Promise<'take' | 'again' | 'change'> {
  const { t } = context
  const ref = `${answer.provider}/${answer.model}`
  const { testModel } = await import('../../../setup/onboard/live-test.js')
  const options = { clock: systemClock, question: t('onboard.test.question') }
  const outcome = await ask.wait(t('onboard.test.running', { ref }), (signal) =>
    testModel(withModel(config, answer), ref, env, { ...options, signal }),
  )
  if (outcome.ok) {
    ask.say('done', t('onboard.test.ok', { ms: outcome.ms, text: outcome.text || '…' }))
    return 'take'
  }
  ask.say('problem', t('onboard.test.failed', { reason: outcome.reason }))
  return ask.select<'take' | 'again' | 'change'>({
    message: t('onboard.test.what'),
    choices: [
      { value: 'again', label: t('onboard.test.again') },
      { value: 'change', label: t('onboard.test.change') },
      { value: 'take', label: t('onboard.test.take'), hint: t('onboard.test.takeHint') },
    ],
    initial: 'again',
  })
}
