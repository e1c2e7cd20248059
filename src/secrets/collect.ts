import type { Config } from '../../schemas/config/index.js'
import { type SecretSurface, secretSurfaces, structuredSecrets } from '../../schemas/secret-fields.js'
import type { Path } from '../config/json5/node.js'
import { formatPath } from '../config/path.js'
import { getAt, isTree } from '../config/tree.js'
import { whyInactive } from './activity.js'
import { isPointer, pointerOf } from './pointer.js'
import type { Reference, Surface } from './types.js'

/** A place that takes a secret and has something in it. */
export interface SecretPlace {
  readonly path: Path
  readonly owner: string
  readonly root: Path
  readonly value: unknown
}

export interface Collected {
  readonly active: readonly Reference[]
  /** Not resolved, and why. */
  readonly inactive: readonly { readonly path: string; readonly reason: string }[]
}

/** Every place of a config that may hold a secret and does, whether text or reference (spec/config.md section 5.7). */
export function secretPlaces(config: Config): SecretPlace[] {
  return secretSurfaces.flatMap((surface) =>
    expand(config, surface.root.split('.')).flatMap((root) =>
      surface.fields.flatMap((field) =>
        expand(config, field.split('.'), root).map((path) => ({
          path,
          root,
          owner: ownerOf(surface, root),
          value: getAt(config, path),
        })),
      ),
    ),
  )
}

/** The references of a config: those that something uses, and those that nothing does. */
export function collectReferences(config: Config, surface: Surface = 'server'): Collected {
  const active: Reference[] = []
  const inactive: { path: string; reason: string }[] = []
  for (const { path, root, owner, value } of secretPlaces(config)) {
    const ref = pointerOf(value)
    if (!ref) continue
    const text = formatPath(path)
    const reason = whyInactive(config, path, surface)
    if (reason !== undefined) inactive.push({ path: text, reason })
    else active.push({ path: text, owner, ref, settings: getAt(config, root), structured: isStructured(path) })
  }
  return { active, inactive }
}

/** True when there is anything to resolve; looks at values only, so that a config without references costs nothing. */
export function holdsReference(value: unknown): boolean {
  if (typeof value === 'string') return value.length > 1 && value.charCodeAt(0) === 36
  if (typeof value !== 'object' || value === null) return false
  return isPointer(value) || Object.values(value).some(holdsReference)
}

/** References outside of the known places: open sections take anything, and nobody would resolve them. */
export function strayReferences(config: Config): string[] {
  const known = new Set(secretPlaces(config).map(({ path }) => formatPath(path)))
  const found: string[] = []
  const walk = (value: unknown, path: Path): void => {
    if (isPointer(value)) {
      if (!known.has(formatPath(path))) found.push(formatPath(path))
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index])
    } else if (isTree(value)) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
    }
  }
  walk(config, [])
  return found
}

const isStructured = (path: Path) => structuredSecrets.includes(String(path.at(-1)))

/** The paths below `from` that fit a pattern and exist. */
function expand(config: unknown, pattern: readonly string[], from: Path = []): Path[] {
  const [step, ...rest] = pattern
  if (step === undefined) return [from]
  const here = getAt(config, from)
  if (step === '[]') {
    return Array.isArray(here) ? here.flatMap((_, index) => expand(config, rest, [...from, index])) : []
  }
  if (!isTree(here)) return []
  const keys = step === '*' ? Object.keys(here) : Object.hasOwn(here, step) ? [step] : []
  return keys.flatMap((key) => expand(config, rest, [...from, key]))
}

function ownerOf({ owner, root }: SecretSurface, path: Path): string {
  const names = root.split('.').flatMap((step, index) => (step === '*' ? [String(path[index])] : []))
  return owner.replace('*', () => names.shift() ?? '')
}
