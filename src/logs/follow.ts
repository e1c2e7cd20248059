import type { Clock } from '../kernel/clock.js'
import { type LogPage, type TailRequest, tailLog } from './tail.js'

/** A log that is being written. */
export interface LiveLog {
  /** The file of this moment. */
  readonly path: string
  /** Tells when lines have reached the file; the returned function stops. */
  onWritten(listener: () => void): () => void
}

export interface FollowOptions {
  /** How long an empty page may wait for lines, in milliseconds. */
  readonly waitMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * As `tailLog`, but a page after a cursor that would be empty waits for the next lines. Rejects with the reason of the
 * signal.
 */
export async function followLog(log: LiveLog, request: TailRequest, options: FollowOptions): Promise<LogPage> {
  const { waitMs, clock, signal } = options
  const until = clock.monotonic() + waitMs
  for (;;) {
    // Listens before it looks: a line between the two must not be missed.
    const next = nextWrite(log)
    try {
      const page = await tailLog(log.path, request)
      const leftMs = until - clock.monotonic()
      if (request.cursor === undefined || page.lines.length > 0 || page.reset || leftMs <= 0) return page
      await first(next.written, leftMs, clock, signal)
    } finally {
      next.cancel()
    }
  }
}

function nextWrite(log: LiveLog): { readonly written: Promise<void>; cancel(): void } {
  let cancel = () => {}
  const written = new Promise<void>((resolve) => {
    cancel = log.onWritten(resolve)
  })
  return { written, cancel: () => cancel() }
}

function first(written: Promise<void>, ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      cancel()
      signal.removeEventListener('abort', abort)
      resolve()
    }
    const abort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, done)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void written.then(done)
  })
}
