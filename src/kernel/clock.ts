import type { StopSignal } from './stop.js'

/** Time as a parameter, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number
  /** Calls `run` once after `ms`; the returned function cancels. Does not keep the process alive. */
  after(ms: number, run: () => void): () => void
}

/** Milliseconds of the longest timer that Node keeps; a longer one would run at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const part = Math.min(ms, MAX_TIMER_MS)
    let cancel = () => clearTimeout(timer)
    const rest = () => {
      cancel = systemClock.after(ms - part, run)
    }
    // Every turn begins some: a short one is a timer and nothing else.
    const timer = setTimeout(ms > part ? rest : run, part)
    timer.unref()
    return ms > part ? () => cancel() : cancel
  },
}

/** Waits `ms`, or rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, ms: number, signal?: StopSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop)
  })
}
