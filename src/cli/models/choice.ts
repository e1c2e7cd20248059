import { isTree } from '../../config/tree.js'
import type { ValidConfig } from '../../config/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { resolveModel } from '../../models/catalog.js'
import { parseModelName } from '../../models/selection.js'
import { assumeReadable } from '../../secrets/read.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'

export type Config = ValidConfig['config']

/** What a command is about: the model of all agents, or the one that looks at images. */
export type ChoiceKey = 'model' | 'imageModel'

export interface Choice {
  readonly primary: string | undefined
  readonly fallbacks: readonly string[]
}

/** `agents.defaults.model` or `imageModel`, whichever way it is written. */
export function choiceOf(config: Config, key: ChoiceKey): Choice {
  const written = config.agents?.defaults?.[key]
  if (typeof written === 'string') return { primary: written, fallbacks: [] }
  return { primary: written?.primary, fallbacks: written?.fallbacks ?? [] }
}

/** The config with the model checked: a typo must not end up in it, a key that is still missing may follow. */
export async function configFor(context: CommandContext, model: string): Promise<Config> {
  const { config, env } = await localConfig(context)
  try {
    resolveModel(config, model, env, { secret: assumeReadable })
  } catch (error) {
    const keyless = error instanceof GatewayError && ['upstream_auth_failed', 'secret_unavailable'].includes(error.code)
    if (!keyless) throw error
    context.out.note(`[openclaw] ${error.message}`)
  }
  return config
}

/** The edit that sets the primary and leaves the stand-ins. */
export function primaryEdit(config: Config, key: ChoiceKey, model: string) {
  const isObject = isTree(config.agents?.defaults?.[key])
  return { op: 'set', path: `agents.defaults.${key}${isObject ? '.primary' : ''}`, value: model } as const
}

/** The edit that sets the stand-ins and leaves the primary. */
export function fallbacksEdit(config: Config, key: ChoiceKey, fallbacks: readonly string[]) {
  const { primary } = choiceOf(config, key)
  const path = `agents.defaults.${key}`
  if (isTree(config.agents?.defaults?.[key])) return { op: 'set', path: `${path}.fallbacks`, value: fallbacks } as const
  return { op: 'set', path, value: { ...(primary !== undefined && { primary }), fallbacks } } as const
}

/** `<provider>/<model>` of a name or an alias; the name itself when it means nothing. */
export function refOf(config: Config, name: string): string {
  try {
    const { provider, id } = parseModelName(config, name)
    return `${provider}/${id}`
  } catch {
    return name
  }
}
