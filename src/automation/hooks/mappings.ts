import { type HookMapping, isHookPreset, isOwnDoor } from '../../../schemas/config/hook-mapping.js'
import type { Config } from '../../config/types.js'
import { presets } from './presets.js'

/** Slashes at the ends say nothing. */
export const barePath = (path: string) => path.replace(/^\/+|\/+$/g, '')

/** The mappings of a config, those of its presets last. */
export function allMappings({ mappings = [], presets: names = [] }: NonNullable<Config['hooks']>): HookMapping[] {
  return [...mappings, ...names.filter(isHookPreset).map((name) => presets[name])]
}

/** Those that this path may mean; the body decides between them. */
export function mappingsOf(all: readonly HookMapping[], path: string): HookMapping[] {
  if (isOwnDoor(path)) return []
  return all.filter(({ match }) => match?.path === undefined || barePath(match.path) === path)
}

/** The first whose source is that of the body. */
export function chooseMapping(candidates: readonly HookMapping[], payload: object): HookMapping | undefined {
  const source = 'source' in payload ? payload.source : undefined
  return candidates.find(({ match }) => match?.source === undefined || match.source === source)
}

/** What a mapping is called. */
export const mappingName = ({ name, id, match }: HookMapping) => name ?? id ?? match?.path ?? 'hook'
