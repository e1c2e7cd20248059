import type { Runtime } from '../../src/runtime.js'
import type { SessionRow } from '../../src/storage/types.js'

/** The settings of a session as results show them. */
export function entryOf({ id, updatedAt, entry }: SessionRow): Record<string, unknown> {
  const { model, ...rest } = entry
  const slash = model?.indexOf('/') ?? -1
  const override = model !== undefined && {
    providerOverride: model.slice(0, slash),
    modelOverride: model.slice(slash + 1),
  }
  return { sessionId: id, updatedAt, ...rest, ...override }
}

/** Which model answers in a session now. */
export function resolvedOf(
  { sessions }: Runtime,
  { agent, entry }: SessionRow,
): { modelProvider: string; model: string } {
  const { provider, model } = sessions.context.modelFacts(agent, entry.model)
  return { modelProvider: provider, model }
}
