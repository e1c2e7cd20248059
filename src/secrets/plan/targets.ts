import { type SecretSurface, secretSurfaces } from '../../../schemas/secret-fields.js'
import type { Path } from '../../config/json5/node.js'

/** Never steps of a path: they would reach the objects behind all objects. */
export const forbiddenSteps: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

/** Fields of an agent's accounts that a plan may move, by the kind of account. */
export const accountTypes: Readonly<Record<string, readonly [text: string, reference: string]>> = {
  'auth-profiles.api_key.key': ['key', 'keyRef'],
  'auth-profiles.token.token': ['token', 'tokenRef'],
}

/** The kind of a field: its path without the keys that people choose, e.g. `models.providers.apiKey`. */
export function typeOfPath(path: Path): string | undefined {
  for (const { root, fields } of secretSurfaces) {
    for (const field of fields) {
      const pattern = `${root}.${field}`.split('.')
      if (fits(pattern, path)) return typeOf({ root }, field)
    }
  }
  return undefined
}

const typeOf = ({ root }: Pick<SecretSurface, 'root'>, field: string): string =>
  `${root}.${field}`
    .split('.')
    .filter((step) => step !== '*' && step !== '[]')
    .join('.')

function fits(pattern: readonly string[], path: Path): boolean {
  if (pattern.length !== path.length) return false
  return pattern.every((step, index) => {
    const found = path[index]
    if (step === '[]') return typeof found === 'number' || /^\d+$/.test(String(found))
    return step === '*' || step === String(found)
  })
}
