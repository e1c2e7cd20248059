import type { Capabilities, Connection, Place } from '../channels/port.js'
import type { Clock } from '../kernel/clock.js'

const usualMs = 6_000
/** A turn that takes longer has stopped to look alive. */
const longestMs = 120_000

/** Shows that somebody writes, until the returned function is called. What goes wrong with it is nobody's concern. */
export function startTyping(
  connection: Pick<Connection, 'typing' | 'idle'> | undefined,
  capabilities: Capabilities | undefined,
  place: Place,
  clock: Clock,
): () => void {
  if (!connection?.typing || !capabilities?.typing) return () => {}
  const stop = new AbortController()
  const until = clock.monotonic() + longestMs
  let cancel = () => {}
  const beat = () => {
    if (stop.signal.aborted || clock.monotonic() > until) return
    connection.typing?.(place, stop.signal).catch(() => {})
    cancel = clock.after(capabilities.typingMs ?? usualMs, beat)
  }
  beat()
  return () => {
    cancel()
    stop.abort()
    connection.idle?.(place, AbortSignal.timeout(usualMs)).catch(() => {})
  }
}
