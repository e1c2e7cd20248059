import type { NodeRow } from '../../../schemas/ws/node.js'
import { GatewayError } from '../../kernel/errors.js'
import { matching } from '../matching.js'
import type { Translate } from '../messages.js'
import { usageError } from '../usage.js'

/** The node that a user means: its id, how its id begins, or its name. Throws `not_found`, and `usage` for several. */
export function findNode(nodes: readonly NodeRow[], text: string, t: Translate): NodeRow {
  const found = matching(
    nodes,
    text,
    ({ nodeId }) => nodeId,
    ({ displayName }) => [displayName],
  )
  const [first] = found
  if (!first) {
    throw new GatewayError('not_found', {
      message: t('nodes.unknown', { node: text }),
      details: { next: 'nodes status' },
    })
  }
  if (found.length > 1) throw usageError(t('nodes.ambiguous', { node: text, count: found.length }), 'nodes status')
  return first
}
