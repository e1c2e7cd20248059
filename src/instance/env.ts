import type { Env } from './types.js'

/** The one place that reads `process.env`: a copy, so that nothing below can change it or be changed by it. */
export function readEnv(): Env {
  return { ...process.env }
}
