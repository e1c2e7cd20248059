import type { Config } from '../../../schemas/config/index.js'
import { authoredOf } from '../../config/authored.js'
import type { Path } from '../../config/json5/node.js'
import type { ReadConfig } from '../../config/load.js'
import { locate } from '../../config/locate.js'
import { getAt } from '../../config/tree.js'
import { type SecretPlace, secretPlaces } from '../collect.js'
import { pointerOf, variableIn } from '../pointer.js'
import { isCredentialHeader, isPlaceholder } from './placeholder.js'
import { type AuditFinding, type Scanned, warn } from './types.js'

/** A secret that stands in a config as text. */
export interface PlainSecret {
  /** As the config's internal shape spells it. */
  readonly path: Path
  readonly owner: string
  readonly value: string
}

/** Secrets of a config as it is written, before variables are put in. References and `${NAME}` are none. */
export function plainSecrets(authored: Config): PlainSecret[] {
  return secretPlaces(authored).flatMap(({ path, owner, value }) => {
    if (typeof value !== 'string' || value.trim() === '' || pointerOf(value) || variableIn(value)) return []
    if (/\$\{[A-Z_][A-Z0-9_]*\}/.test(value) || !mayBeSecret(authored, { path, owner, root: [], value })) return []
    return [{ path, owner, value }]
  })
}

/** Secrets that stand in the config and what it includes. */
export function scanConfig(read: ReadConfig, mainFile: string): Scanned {
  const files = read.files.map(({ path }) => path)
  const authored = authoredOf(read)
  if (!authored) return { files, findings: [] }
  const { tree, migration, layers } = authored
  const findings = plainSecrets(tree as Config).map(({ path, value }): AuditFinding => {
    const { file, path: shown } = locate({ path, message: '' }, migration.authored(path), layers, mainFile)
    const provider = path[0] === 'models' ? String(path[2]) : undefined
    if (isPlaceholder(value)) {
      return warn(
        'PLACEHOLDER_VALUE',
        file,
        shown,
        'This is a placeholder, not a secret. Put the real one in.',
        provider,
      )
    }
    const message = 'The secret stands here as text. Keep it elsewhere and refer to it: openclaw secrets configure'
    return warn('PLAINTEXT_FOUND', file, shown, message, provider)
  })
  return { files, findings }
}

/** Header fields take anything, and a local model server takes any text for a key. */
function mayBeSecret(config: Config, { path }: SecretPlace): boolean {
  const header = path.indexOf('headers')
  if (header >= 0) return isCredentialHeader(String(path[header + 1] ?? ''))
  if (path[0] !== 'models' || path.at(-1) !== 'apiKey') return true
  const baseUrl = getAt(config, [...path.slice(0, 3), 'baseUrl'])
  return typeof baseUrl !== 'string' || !/^https?:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/i.test(baseUrl)
}
