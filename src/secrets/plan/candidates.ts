import type { Config } from '../../../schemas/config/index.js'
import { formatPath } from '../../config/path.js'
import { isPlaceholder } from '../audit/placeholder.js'
import { plainSecrets } from '../audit/scan-config.js'
import { typeOfPath } from './targets.js'

/** A secret that stands somewhere as text and could be referred to; the target of a plan but for its reference. */
export interface Candidate {
  readonly type: string
  readonly path: string
  readonly pathSegments: readonly string[]
  readonly providerId?: string
  readonly agentId?: string
}

/** Of a config as it is written. */
export function candidatesOf(authored: Config): Candidate[] {
  return plainSecrets(authored).flatMap(({ path, value }): Candidate[] => {
    const type = typeOfPath(path)
    if (type === undefined || isPlaceholder(value)) return []
    const pathSegments = path.map(String)
    const provider = path[0] === 'models' ? { providerId: String(path[2]) } : {}
    return [{ type, path: formatPath(path), pathSegments, ...provider }]
  })
}
