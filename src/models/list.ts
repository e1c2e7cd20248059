import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { Catalog } from './open-catalog.js'
import { ECHO_MODEL, ownEntry, parseModelName } from './selection.js'

/** `provider-config`: what `models.providers` describes. `all`: the embedded model too. Else: what agents may use. */
export type ModelView = 'default' | 'configured' | 'provider-config' | 'all'

export interface ModelRow {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly alias?: string
  /** True when it could be called now. */
  readonly available: boolean
  readonly unavailableReason?: 'missing-auth'
  readonly contextWindow?: number
  readonly reasoning?: boolean
  readonly input?: readonly ('text' | 'image' | 'audio' | 'video')[]
}

/** The models that an agent can be switched to, its own first. */
export function modelRows(config: Config, catalog: Catalog, agentId: string, view: ModelView): ModelRow[] {
  const described = catalog.list().map(({ ref }) => ref)
  if (view === 'provider-config') return described.map((ref) => rowOf(config, catalog, agentId, ref))
  const { primary, fallbacks } = catalog.forAgent(agentId)
  const settings = Object.keys(config.agents?.defaults?.models ?? {})
  const own = [primary, ...fallbacks]
  const named = [...own, ...settings, ...described, ...(view === 'all' ? [ECHO_MODEL] : [])]
  const refs = [...new Set(named.flatMap((name) => refOf(config, name) ?? []))]
  const allowed = config.agents?.defaults?.modelPolicy?.allow
  const shown = view === 'all' || !allowed ? refs : refs.filter((ref) => allowed.includes(ref) || own.includes(ref))
  return shown.map((ref) => rowOf(config, catalog, agentId, ref))
}

function rowOf(config: Config, catalog: Catalog, agentId: string, ref: string): ModelRow {
  const slash = ref.indexOf('/')
  const [provider, id] = [ref.slice(0, slash), ref.slice(slash + 1)]
  const row = ownEntry(config.models?.providers, provider)?.models?.find((one) => one.id === id)
  const alias = ownEntry(config.agents?.defaults?.models, ref)?.alias
  const contextWindow = Math.min(...[row?.contextWindow, row?.contextTokens].filter((tokens) => tokens !== undefined))
  return {
    id,
    name: row?.name || id,
    provider,
    ...(alias && { alias }),
    ...availability(catalog, ref, agentId),
    ...(Number.isFinite(contextWindow) && { contextWindow }),
    ...(row?.reasoning !== undefined && { reasoning: row.reasoning }),
    ...(row?.input && { input: row.input }),
  }
}

/** There is no key, or the one that is referred to could not be read. */
const keylessCodes: ReadonlySet<string> = new Set(['upstream_auth_failed', 'secret_unavailable'])

/** Whether a model could be called as the config and the environment are now. Nothing is asked over the network. */
export function availability(
  catalog: Catalog,
  ref: string,
  agentId: string,
): Pick<ModelRow, 'available' | 'unavailableReason'> {
  try {
    catalog.resolve(ref, agentId)
    return { available: true }
  } catch (error) {
    const keyless = error instanceof GatewayError && keylessCodes.has(error.code)
    return { available: false, ...(keyless && { unavailableReason: 'missing-auth' }) }
  }
}

function refOf(config: Config, name: string): string | undefined {
  try {
    const { provider, id } = parseModelName(config, name)
    return `${provider}/${id}`
  } catch {
    // A name that means nothing is told where it is used.
    return undefined
  }
}
