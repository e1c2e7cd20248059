import type { Output } from './output.js'
import { columns } from './text-width.js'

/** Rows under a head, for people. */
export function table(out: Output, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const [first = '', ...rest] = columns([head, ...rows])
  return [out.style(first, 'bold'), ...rest]
}
