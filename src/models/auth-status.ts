import type { Config } from '../config/types.js'
import { availability, modelRows } from './list.js'
import type { Catalog } from './open-catalog.js'

export interface ProviderAuth {
  readonly provider: string
  readonly displayName: string
  /** static: there is a key, or none is needed. missing: the key is nowhere. */
  readonly status: 'static' | 'missing'
  readonly profiles: readonly { readonly profileId: string; readonly type: string; readonly status: string }[]
}

/** Whether the providers of an agent's models have their keys. Nothing is asked over the network. */
export function providerAuth(config: Config, catalog: Catalog, agentId: string): ProviderAuth[] {
  const rows = modelRows(config, catalog, agentId, 'configured')
  const providers = new Map(rows.map(({ provider, id }) => [provider, `${provider}/${id}`]))
  for (const id of Object.keys(config.models?.providers ?? {})) if (!providers.has(id)) providers.set(id, `${id}/any`)
  return [...providers].map(([provider, ref]) => {
    const { unavailableReason } = availability(catalog, ref, agentId)
    const status = unavailableReason === 'missing-auth' ? 'missing' : 'static'
    return { provider, displayName: provider, status, profiles: [] }
  })
}
