import { posix } from 'node:path'
import { GatewayError } from '../kernel/errors.js'

/** A bind mount of the config. */
export interface Bind {
  /** Absolute, on this machine. */
  readonly source: string
  /** Absolute, inside. */
  readonly target: string
  readonly writable: boolean
}

/** Reads `source:target[:ro|rw]`; writable unless it says `ro`. Throws `sandbox_refused`. */
export function parseBind(text: string): Bind {
  const [source = '', target = '', mode = 'rw', ...rest] = text.split(':')
  if (rest.length > 0 || !['ro', 'rw'].includes(mode)) throw refusedBind(text, 'write it as /source:/target[:ro|rw]')
  if (!source.startsWith('/') || !target.startsWith('/')) throw refusedBind(text, 'both paths have to be absolute')
  return { source: clean(source), target: clean(target), writable: mode === 'rw' }
}

export function refusedBind(bind: string, why: string): GatewayError {
  return new GatewayError('sandbox_refused', { message: `The bind mount "${bind}" is refused: ${why}.` })
}

function clean(path: string): string {
  const plain = posix.normalize(path)
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain
}
