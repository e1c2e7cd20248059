import { getAt } from './tree.js'

/** Files below this size may shrink as they like, in bytes (spec/config.md section 1.7). */
const smallFile = 512

export interface Version {
  /** The config as written. */
  readonly tree: unknown
  readonly text: string
}

/** Why a write looks like an accident, or undefined. `code` is stable. */
export function clobberReason(
  before: Version,
  after: Version,
): { readonly code: string; readonly message: string } | undefined {
  const mode = ['gateway', 'mode']
  if (getAt(before.tree, mode) !== undefined && getAt(after.tree, mode) === undefined)
    return {
      code: 'gateway-mode-removed',
      message: 'it would remove gateway.mode, without which the gateway does not start',
    }
  const [old, young] = [Buffer.byteLength(before.text), Buffer.byteLength(after.text)]
  if (old >= smallFile && young < old / 2)
    return { code: `size-drop:${old}->${young}`, message: `it would shrink the file from ${old} to ${young} bytes` }
  return undefined
}
