import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'

/** The embedded model: what answers when nothing else is configured. */
export const ECHO_MODEL = 'builtin/echo'

export interface ModelSelection {
  readonly primary: string
  /** Tried in order when the primary fails. */
  readonly fallbacks: readonly string[]
}

/**
 * Which models an agent uses (spec/config.md section 11.2): its own, else that of all agents, else the first model of
 * the first configured provider, else the embedded one. An agent's own primary without fallbacks stands alone.
 */
export function modelForAgent(config: Config, agentId: string): ModelSelection {
  const own = read(ownEntry(config.agents?.entries, agentId)?.model)
  const shared = read(config.agents?.defaults?.model)
  const primary = own.primary ?? shared.primary ?? firstConfigured(config) ?? ECHO_MODEL
  const inherited = own.primary === undefined ? shared.fallbacks : undefined
  return { primary, fallbacks: own.fallbacks ?? inherited ?? [] }
}

type Choice = string | { primary?: string; fallbacks?: string[] } | undefined

function read(choice: Choice): { primary?: string | undefined; fallbacks?: readonly string[] | undefined } {
  return typeof choice === 'string' ? { primary: choice } : (choice ?? {})
}

function firstConfigured(config: Config): string | undefined {
  return listModels(config)[0]?.ref
}

export interface ListedModel {
  readonly ref: string
  readonly provider: string
  readonly name: string
}

/** Every model that the config names under `models.providers`. */
export function listModels(config: Config): ListedModel[] {
  return Object.entries(config.models?.providers ?? {}).flatMap(([provider, settings]) =>
    (settings.models ?? []).map(({ id, name }) => ({ ref: `${provider}/${id}`, provider, name: name ?? id })),
  )
}

export interface ModelName {
  readonly provider: string
  readonly id: string
}

/**
 * Reads `<provider>/<id>` (ids may hold more slashes), an alias of `agents.defaults.models`, or the bare id of a
 * configured model. Throws `model_not_found`.
 */
export function parseModelName(config: Config, name: string): ModelName {
  const trimmed = name.trim()
  const ref = aliased(config, trimmed) ?? trimmed
  const slash = ref.indexOf('/')
  if (slash > 0 && slash < ref.length - 1) return { provider: ref.slice(0, slash), id: ref.slice(slash + 1) }
  const matches = listModels(config).filter((model) => model.ref === `${model.provider}/${ref}`)
  const [only] = matches
  if (matches.length === 1 && only) return { provider: only.provider, id: ref }
  const why = matches.length > 1 ? 'Several providers have it' : 'No provider has it'
  throw new GatewayError('model_not_found', { message: `Model "${ref}": ${why}. Write <provider>/<model>.` })
}

function aliased(config: Config, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const models = Object.entries(config.agents?.defaults?.models ?? {})
  return models.find(([, settings]) => settings.alias?.toLowerCase() === wanted)?.[0]
}

/** A value of a map by key, never one that comes from the prototype. */
export function ownEntry<T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined
}
