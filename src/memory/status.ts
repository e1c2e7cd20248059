import type { Config } from '../../schemas/config/index.js'
import { toGatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type { MemoryStore } from '../storage/memory-types.js'
import { chooseEmbedder, type EmbedderInput, openEmbedder } from './embedder.js'
import { memorySettings } from './settings.js'

export interface StatusInput extends EmbedderInput {
  readonly store: MemoryStore
  readonly config: Config
  readonly agent: string
  /** Whether the embedding model is asked for a vector. */
  readonly probe: boolean
  readonly signal: StopSignal
}

export interface MemoryStatus {
  readonly enabled: boolean
  /** The embedding model; absent: words only. */
  readonly provider?: string
  readonly embedding: { readonly ok: boolean; readonly checked: boolean; readonly error?: string }
  readonly files: number
  readonly chunks: number
  readonly withoutVector: number
}

/** How memory is set up, and what its index holds. What is wrong with the embedding model is part of it. */
export async function memoryStatus(input: StatusInput): Promise<MemoryStatus> {
  const { store, config, agent, probe, signal } = input
  const settings = memorySettings(config, agent)
  const held = { enabled: settings.enabled, ...(await store.totals(agent)) }
  let provider: string | undefined
  let withoutVector = 0
  try {
    const choice = chooseEmbedder(config, settings)
    if (!choice)
      return { ...held, embedding: { ok: false, checked: true, error: 'No embedding model is set up.' }, withoutVector }
    provider = choice.name
    const embedder = await openEmbedder(input, choice, agent)
    withoutVector = await store.countWithoutVector(agent, embedder.key)
    if (!probe) return { ...held, provider, embedding: { ok: false, checked: false }, withoutVector }
    await embedder.embed(['ping'], signal)
    return { ...held, provider, embedding: { ok: true, checked: true }, withoutVector }
  } catch (thrown) {
    signal.throwIfAborted()
    const { message } = toGatewayError(thrown)
    return {
      ...held,
      ...(provider && { provider }),
      embedding: { ok: false, checked: true, error: message },
      withoutVector,
    }
  }
}
