import type { Layer } from './include.js'
import type { Json5Node, ObjectNode, Path } from './json5/node.js'
import { memberOf, nodeAt, positionAt } from './json5/node.js'
import { formatPath } from './path.js'
import type { ConfigIssue, Finding } from './types.js'

/** Gives a finding its file, line and column. `path` is as the file spells it. */
export function locate(finding: Finding, path: Path, layers: readonly Layer[], mainFile: string): ConfigIssue {
  const { message, suggestion, allowedValues } = finding
  const found = search(path, layers, finding.atKey === true)
  return {
    path: formatPath(path),
    message,
    file: found?.layer.file ?? mainFile,
    ...(found && positionAt(found.layer.text, found.offset)),
    ...(suggestion !== undefined && { suggestion }),
    ...(allowedValues && { allowedValues }),
  }
}

interface Place {
  readonly layer: Layer
  readonly offset: number
}

/** The last layer that holds the path; when none does, the nearest place above it. */
function search(path: Path, layers: readonly Layer[], atKey: boolean): Place | undefined {
  for (let length = path.length; length >= 0; length--) {
    const wanted = path.slice(0, length)
    for (const layer of layers.toReversed()) {
      const offset = offsetIn(layer, wanted, atKey && length === path.length)
      if (offset !== undefined) return { layer, offset }
    }
  }
  return undefined
}

function offsetIn(layer: Layer, path: Path, atKey: boolean): number | undefined {
  if (layer.mount.length > path.length || !layer.mount.every((step, index) => step === path[index])) return undefined
  const inner = path.slice(layer.mount.length)
  const parent = inner.length > 0 ? nodeAt(layer.root, inner.slice(0, -1)) : undefined
  const member = parent && keyed(parent) ? memberOf(parent, String(inner.at(-1))) : undefined
  if (member) return atKey ? member.keyStart : member.value.start
  return nodeAt(layer.root, inner)?.start
}

const keyed = (node: Json5Node): node is ObjectNode => node.kind === 'object'
