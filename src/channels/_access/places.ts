import { entryOf, mapOf, type Settings } from './settings.js'

/** What the config says of one place, and where it says so. */
export interface Layer {
  readonly keys: Readonly<Record<string, unknown>>
  readonly path: string
}

/** The first of these layers that has one of the keys. */
export function firstOf(
  layers: readonly Layer[],
  ...keys: readonly string[]
): { value: unknown; path: string } | undefined {
  for (const { keys: said, path } of layers) {
    const key = keys.find((name) => said[name] !== undefined)
    if (key !== undefined) return { value: said[key], path: `${path}.${key}` }
  }
  return undefined
}

/** A switch that turns a place off, whatever the policy says. */
export function switchedOff(layers: readonly Layer[]): string | undefined {
  const off = firstOf(layers, 'enabled', 'allow')
  return off?.value === false ? off.path : undefined
}

/** The topic, the group, then what stands for all others: the most particular first. */
export function groupLayers(settings: Settings, id: string, thread: string | undefined): Layer[] {
  const groups = settings.map('groups')
  const layers: Layer[] = []
  for (const name of [id, '*']) {
    const group = entryOf(groups, name)
    if (!group) continue
    const topics = mapOf(group.topics)
    for (const topic of thread === undefined ? [] : [thread, '*']) {
      const keys = entryOf(topics, topic)
      if (keys) layers.push({ keys, path: settings.path('groups', name, 'topics', topic) })
    }
    layers.push({ keys: group, path: settings.path('groups', name) })
  }
  return layers
}
