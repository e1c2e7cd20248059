import type { Instance } from '../instance/types.js'
import type { Output } from './output.js'

/** Shows the remarks on an instance, e.g. a variable that was ignored, on stderr. */
export function showNotices(out: Output, { notices }: Pick<Instance, 'notices'>): void {
  for (const notice of notices) out.note(`[openclaw] ${notice}`)
}
