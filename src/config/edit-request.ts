import { GatewayError } from '../kernel/errors.js'
import { type Authored, canonicalPath } from './authored.js'
import { rejected } from './edit-errors.js'
import type { EditRequest } from './edit-types.js'
import type { Edit } from './edits.js'
import type { Path } from './json5/node.js'
import { formatPath, parsePath } from './path.js'
import { holdsRedacted } from './redact.js'
import { restoreRedacted } from './restore.js'
import { getAt, isTree, type Tree } from './tree.js'

/** A request as edits on the internal shape; see `resolveRequest`. */
export function resolveRequests(request: EditRequest, authored: Authored, shown?: Tree): Edit[] {
  if (request.op !== 'move') return [resolveRequest(request, authored, shown)]
  const { path, to } = request
  const removal = resolveRequest({ op: 'unset', path }, authored)
  const value = getAt(authored.tree, removal.path)
  return [resolveRequest({ op: 'set', path: to, value }, authored), removal]
}

/**
 * Turns a request into an edit on the internal shape, refusing what must not come in. With `shown`, the redacted form of
 * the config, placeholders stand for what is on disk.
 */
function resolveRequest(request: Exclude<EditRequest, { op: 'move' }>, authored: Authored, shown?: Tree): Edit {
  const path = canonicalPath(authored, stepsOf(request.path ?? []))
  if (request.op === 'unset') {
    if (getAt(authored.tree, path) !== undefined) return { op: 'unset', path }
    throw new GatewayError('config_path_unset', {
      message: `${formatPath(path)} is not set; nothing to remove.`,
      param: formatPath(path),
    })
  }
  const value = shown ? restoreRedacted(request.value, getAt(authored.tree, path), getAt(shown, path)) : request.value
  if (holdsRedacted(value))
    throw rejected('redacted', `The value for ${formatPath(path)} is a redacted placeholder. Give the real one.`)
  if (holdsInclude(value)) throw rejected('invalid', '$include cannot be set by an edit. Edit the file by hand.')
  if (request.op === 'set' || !request.replaceLists) return { op: request.op, path, value }
  const replaceLists = request.replaceLists.map((list) => canonicalPath(authored, stepsOf(list)))
  return { op: 'merge', path, value, replaceLists }
}

function stepsOf(path: string | Path): Path {
  const steps = typeof path === 'string' ? parsePath(path) : path
  if (steps) return steps
  throw new GatewayError('config_path_unknown', {
    message: `${JSON.stringify(path)} is not a config path. Write it like gateway.port or bindings[0].agentId.`,
  })
}

/** True when `$include` is a key anywhere in the value. */
export function holdsInclude(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsInclude)
  return isTree(value) && (Object.hasOwn(value, '$include') || Object.values(value).some(holdsInclude))
}
