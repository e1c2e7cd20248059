import { type Clock, systemClock } from '../kernel/clock.js'

/** Time for clients: what they wait for is why the process runs, so their timers keep it alive. */
export const clientClock: Clock = {
  ...systemClock,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
