import type { NodePluginTool, NodeSkill } from '../../../schemas/ws/node.js'

/** What a connected node has told; it tells it again when it comes back, so none of it is stored. */
export interface NodeTold {
  readonly tools?: readonly NodePluginTool[]
  readonly skills?: readonly NodeSkill[]
  readonly hostStats?: unknown
  readonly runner?: { readonly protocolFeatures: readonly string[]; readonly workerHost: boolean }
}

/** Largest host statistics that are kept of one node, in characters of JSON. */
const MAX_STATS = 64 * 1024

/** What the connected nodes of one gateway have told, by node id. */
export class NodeLive {
  readonly #told = new Map<string, NodeTold>()

  get(nodeId: string): NodeTold {
    return this.#told.get(nodeId) ?? {}
  }

  tell(nodeId: string, told: NodeTold): void {
    this.#told.set(nodeId, { ...this.#told.get(nodeId), ...told })
  }

  /** Keeps the statistics of a node's host. False when they are no JSON or too large. */
  stats(nodeId: string, payload: unknown): boolean {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null)
    if (text.length > MAX_STATS) return false
    try {
      this.tell(nodeId, { hostStats: JSON.parse(text) })
      return true
    } catch {
      return false
    }
  }

  forget(nodeId: string): void {
    this.#told.delete(nodeId)
  }
}
