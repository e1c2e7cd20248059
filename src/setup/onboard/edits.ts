import type { EditRequest } from '../../config/edit-types.js'
import { getAt, isTree } from '../../config/tree.js'
import type { Config } from '../../config/types.js'
import type { ModelAnswer, OnboardAnswers } from './answers.js'

/**
 * What onboarding writes besides what a plain setup does. Pure; what the config says already gives no edit, so that a
 * second run with the same answers changes nothing.
 */
export function onboardEdits(config: Config, answers: OnboardAnswers): EditRequest[] {
  const { model, endpoints, tailscale, customBindHost, channels = {} } = answers
  const edits: EditRequest[] = []
  const set = (path: readonly string[], value: unknown) => {
    if (getAt(config, path) !== value) edits.push({ op: 'set', path, value })
  }
  if (model) addModel(config, model, set)
  if (endpoints)
    for (const name of ['chatCompletions', 'responses']) set(['gateway', 'http', 'endpoints', name, 'enabled'], true)
  const serves = config.gateway?.tailscale?.mode ?? 'off'
  if (tailscale !== undefined && tailscale !== serves) set(['gateway', 'tailscale', 'mode'], tailscale)
  if (customBindHost !== undefined) set(['gateway', 'customBindHost'], customBindHost)
  for (const [channel, keys] of Object.entries(channels)) {
    set(['channels', channel, 'enabled'], true)
    for (const [key, value] of Object.entries(keys)) set(['channels', channel, key], value)
  }
  return edits
}

type Set = (path: readonly string[], value: unknown) => void

function addModel(config: Config, answer: ModelAnswer, set: Set): void {
  const { provider, model, baseUrl, api, apiKey, input, listed } = answer
  const path = ['models', 'providers', provider]
  if (baseUrl !== undefined) set([...path, 'baseUrl'], baseUrl)
  if (api !== undefined) set([...path, 'api'], api)
  if (apiKey !== undefined) set([...path, 'apiKey'], apiKey)
  if (listed) {
    const models = config.models?.providers?.[provider]?.models ?? []
    const row = { id: model, name: model, ...(input && { input }) }
    if (!models.some(({ id }) => id === model)) set([...path, 'models'], [...models, row])
  }
  const written = config.agents?.defaults?.model
  const ref = `${provider}/${model}`
  set(['agents', 'defaults', 'model', ...(isTree(written) ? ['primary'] : [])], ref)
  if (provider === 'builtin' && config.agents?.defaults?.embeddingModel === undefined) {
    set(['agents', 'defaults', 'embeddingModel'], ref)
  }
}

/** The config as it would be with this model, for a call before anything is written. */
export function withModel(config: Config, answer: ModelAnswer): Config {
  const { provider, model, baseUrl, api, apiKey, input, listed } = answer
  const known = config.models?.providers?.[provider]
  const rows = known?.models ?? []
  const row = { id: model, name: model, ...(input && { input }) }
  const entry = {
    ...known,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(api !== undefined && { api }),
    ...(apiKey !== undefined && { apiKey }),
    ...(listed && !rows.some(({ id }) => id === model) && { models: [...rows, row] }),
  }
  const providers = { ...config.models?.providers, ...(Object.keys(entry).length > 0 && { [provider]: entry }) }
  // The pieces were checked one by one where they were asked for; the whole is checked again by the write.
  return { ...config, models: { ...config.models, providers } } as Config
}
