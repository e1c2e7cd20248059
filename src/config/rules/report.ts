import type { Path } from '../json5/node.js'

/** Where rules put what they find. */
export interface Report {
  error(path: Path, message: string): void
  warn(path: Path, message: string): void
}
