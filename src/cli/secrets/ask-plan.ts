import type { Config } from '../../../schemas/config/index.js'
import type { Candidate } from '../../secrets/plan/candidates.js'
import type { Translate } from '../messages.js'
import type { Choice, Prompter } from '../prompts/types.js'
import { askProvider } from './ask-provider.js'
import type { ConfigureOptions, PlanDraft } from './types.js'

type Source = 'env' | 'file' | 'exec'
interface Place {
  readonly source: Source
  readonly single: boolean
}

/** Providers first, then which secrets move, then where each of them is kept. */
export async function askPlan(
  prompter: Prompter,
  t: Translate,
  { secrets }: Config,
  candidates: readonly Candidate[],
  { providersOnly, skipProviderSetup }: ConfigureOptions,
): Promise<PlanDraft> {
  prompter.intro(t('secrets.ask.intro'))
  const providerUpserts: Record<string, object> = {}
  while (!skipProviderSetup && (await prompter.confirm(question(t, Object.keys(providerUpserts).length)))) {
    const { alias, provider } = await askProvider(prompter, t)
    providerUpserts[alias] = provider
  }
  if (providersOnly) return { providerUpserts, targets: [] }
  if (candidates.length === 0) {
    prompter.say('info', t('secrets.ask.noCandidates'))
    return { providerUpserts, targets: [] }
  }
  const places = placesOf({ default: { source: 'env' }, ...secrets?.providers, ...providerUpserts })
  const choices = candidates.map(({ path, agentId }) => ({
    value: path,
    label: agentId ? `${agentId}: ${path}` : path,
  }))
  const picked = await prompter.pick({ message: t('secrets.ask.targets'), choices })
  const targets: object[] = []
  for (const candidate of candidates.filter(({ path }) => picked.includes(path))) {
    targets.push({ ...candidate, ref: await askReference(prompter, t, candidate, places) })
  }
  return { providerUpserts, targets }
}

const question = (t: Translate, made: number) => ({
  message: t(made === 0 ? 'secrets.ask.addProvider' : 'secrets.ask.anotherProvider'),
  initial: false,
})

function placesOf(providers: Readonly<Record<string, object | undefined>>): ReadonlyMap<string, Place> {
  const found = Object.entries(providers).flatMap(([alias, provider]): [string, Place][] => {
    const { source, mode, jsonOnly } = (provider ?? {}) as { source?: Source; mode?: string; jsonOnly?: boolean }
    if (source !== 'env' && source !== 'file' && source !== 'exec') return []
    return [[alias, { source, single: mode === 'singleValue' || jsonOnly === false }]]
  })
  return new Map(found)
}

async function askReference(
  prompter: Prompter,
  t: Translate,
  { path }: Candidate,
  places: ReadonlyMap<string, Place>,
): Promise<object> {
  const choices = [...places].map(
    ([alias, { source }]): Choice<string> => ({ value: alias, label: alias, hint: source }),
  )
  const provider = await prompter.select({ message: t('secrets.ask.provider', { path }), choices })
  const { source = 'env', single = false } = places.get(provider) ?? {}
  const initial = single ? { initial: 'value' } : {}
  const check = (answer: string) => (patterns[source].test(answer) ? undefined : t(`secrets.ask.id.${source}`))
  const id = await prompter.text({ message: t(`secrets.ask.id.${source}`), ...initial, check })
  return { source, provider, id }
}

/** As the schema of references has them; the plan is checked against that as well. */
const patterns: Readonly<Record<Source, RegExp>> = {
  env: /^[A-Z][A-Z0-9_]{0,127}$/,
  file: /^(\/.*|value)$/,
  exec: /^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}$/,
}
