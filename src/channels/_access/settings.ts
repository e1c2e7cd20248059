import { formatPath } from '../../config/path.js'
import type { Config } from '../../config/types.js'
import type { AccessFacts } from './types.js'

type Section = Readonly<Record<string, unknown>>
export type IdList = readonly (string | number)[]

/** The keys of one account, and where each of them stands. */
export interface Settings {
  readonly channel: string
  /** False: the config does not mention the channel. Nothing is open then. */
  readonly present: boolean
  get(key: string): unknown
  list(key: string): IdList | undefined
  map(key: string): Readonly<Record<string, Section>> | undefined
  /** The key that decides or would, as the config spells it. */
  path(...steps: readonly string[]): string
}

/** The keys of an account, else of its channel, else of `channels.defaults`. */
export function settingsOf({ account, config }: Pick<AccessFacts, 'account' | 'config'>): Settings {
  const { channel, id, keys } = account
  const { channels = {} } = config
  const section = sectionOf(channels, channel)
  const defaults = section === undefined ? undefined : sectionOf(channels, 'defaults')
  const own = sectionOf(sectionOf(section, 'accounts'), id)
  const get = (key: string) => keys[key] ?? defaults?.[key]
  const holder = (key: string) => {
    if (own?.[key] !== undefined) return ['channels', channel, 'accounts', id]
    if (keys[key] === undefined && defaults?.[key] !== undefined) return ['channels', 'defaults']
    return ['channels', channel]
  }
  return {
    channel,
    present: section !== undefined,
    get,
    list: (key) => listOf(get(key)),
    map: (key) => mapOf(get(key)),
    path: (...steps) => formatPath([...holder(steps[0] ?? ''), ...steps]),
  }
}

export function listOf(value: unknown): IdList | undefined {
  return Array.isArray(value) ? (value as IdList) : undefined
}

export function mapOf(value: unknown): Readonly<Record<string, Section>> | undefined {
  return isSection(value) ? (value as Readonly<Record<string, Section>>) : undefined
}

/** An own key of a map, never one of its prototype: the names come from the network. */
export function entryOf(map: Readonly<Record<string, Section>> | undefined, key: string): Section | undefined {
  const found = map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined
  return isSection(found) ? found : undefined
}

function sectionOf(parent: Config['channels'] | Section | undefined, key: string): Section | undefined {
  const sections = parent as Readonly<Record<string, Section>> | undefined
  return entryOf(sections, key)
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
