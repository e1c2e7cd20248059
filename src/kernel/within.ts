import type { Clock } from './clock.js'

/**
 * What some work gives, or what `late` gives when it takes longer. The work is not ended by that; who began it owns it.
 * Rejects as the work does, and as `late` throws.
 */
export async function within<T, L>(clock: Clock, ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  let cancel = () => {}
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  return Promise.race([work, over.then(late)]).finally(cancel)
}
