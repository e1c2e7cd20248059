import type { EgressInput } from './open.js'
import type { EgressFetch } from './types.js'

/** The way to the network, loaded when the first asks for it. */
export function lateEgress(input: EgressInput): () => Promise<EgressFetch> {
  return async () => {
    const { openEgress } = await import('./open.js')
    return openEgress(input)
  }
}
