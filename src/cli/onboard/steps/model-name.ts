import type { Config } from '../../../config/types.js'
import type { ModelAnswer } from '../../../setup/onboard/answers.js'
import type { Wizard } from '../wizard.js'

/** More would be a list that nobody reads on a terminal; the rest is typed. */
const maxShown = 40
const other = '\u0000'

/** Asks the provider what it has and lets the user choose; where it does not say, the name is typed. */
export async function pickModel(
  { ask, context: { t }, config, env, flags }: Wizard,
  { provider }: Omit<ModelAnswer, 'model'>,
  tentative: Config,
  suggested: string | undefined,
): Promise<string> {
  if (flags.model !== undefined) return flags.model
  const { discoverModels } = await import('../../../setup/onboard/discover.js')
  const found = await ask.wait(t('onboard.models.asking', { provider }), (signal) =>
    discoverModels(tentative, provider, env, signal),
  )
  const written = config.agents?.defaults?.model
  const ref = typeof written === 'string' ? written : written?.primary
  const current = ref?.startsWith(`${provider}/`) ? ref.slice(provider.length + 1) : undefined
  const initial = current ?? suggested
  const type = () => {
    const check = (text: string) => (text.trim() ? undefined : t('onboard.empty'))
    return ask.text({ message: t('onboard.models.name'), initial, check })
  }
  if (!found) {
    ask.say('warning', t('onboard.models.unknown', { provider }))
    return type()
  }
  const first = found.filter((id) => id === initial)
  const shown = [...first, ...found.filter((id) => id !== initial)].slice(0, maxShown)
  const chosen = await ask.select({
    message: t('onboard.models.ask', { count: found.length }),
    choices: [...shown.map((id) => ({ value: id, label: id })), { value: other, label: t('onboard.models.other') }],
    initial: first[0] ?? shown[0],
  })
  return chosen === other ? type() : chosen
}
