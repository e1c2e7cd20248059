/**
 * A controller that aborts with `signal`, and may be aborted on its own. Cheaper than `AbortSignal.any`, whose weak
 * references cost more than the rest of a short turn. Call `unlink` when the work is done.
 */
export function followSignal(signal: AbortSignal): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController()
  if (signal.aborted) {
    controller.abort(signal.reason)
    return { controller, unlink: () => {} }
  }
  const abort = () => controller.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return { controller, unlink: () => signal.removeEventListener('abort', abort) }
}
