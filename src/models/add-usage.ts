import type { Usage } from './types.js'

/** What two calls spent together. */
export function addUsage(a: Usage, b: Usage): Usage {
  const cacheWrite = (a.cacheWrite ?? 0) + (b.cacheWrite ?? 0)
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    ...(cacheWrite > 0 && { cacheWrite }),
    reasoning: a.reasoning + b.reasoning,
    estimated: a.estimated || b.estimated,
  }
}
