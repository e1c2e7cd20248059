import type { Clock } from './clock.js'

/** Calls `run` every `ms` until the returned function is called. A late call does not bring others forward. */
export function repeat(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.after(ms, again)
  function again() {
    cancel = clock.after(ms, again)
    run()
  }
  return () => cancel()
}
