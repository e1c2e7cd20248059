import type { Env } from '../instance/types.js'

/** Whether the environment forbids colours: `NO_COLOR` with any text (no-color.org), or a dumb terminal. */
export function forbidsColours(env: Env): boolean {
  return (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
}
