import type { Layer } from './include.js'
import type { Json5Node } from './json5/node.js'
import { positionAt } from './json5/node.js'
import { formatPath } from './path.js'
import type { ConfigIssue } from './types.js'

/** Keys that are written twice in one object: the last one counts, which is rarely what was meant. */
export function duplicateKeys(layer: Layer): ConfigIssue[] {
  const issues: ConfigIssue[] = []
  visit(layer.root, layer.mount, layer, issues)
  return issues
}

function visit(node: Json5Node, path: readonly (string | number)[], layer: Layer, issues: ConfigIssue[]): void {
  if (node.kind === 'array')
    for (const [index, item] of node.items.entries()) visit(item, [...path, index], layer, issues)
  if (node.kind !== 'object') return
  const seen = new Set<string>()
  for (const member of node.members) {
    const inner = [...path, member.key]
    if (seen.has(member.key)) {
      const message = `The key "${member.key}" is written twice here; this last one counts. Remove one of them.`
      issues.push({ path: formatPath(inner), message, file: layer.file, ...positionAt(layer.text, member.keyStart) })
    }
    seen.add(member.key)
    visit(member.value, inner, layer, issues)
  }
}
