import type { Writable } from 'node:stream'

/** Resolves when the stream takes more, or is closed. A reader that takes nothing for `limitMs` is cut off. */
export function drained(stream: Writable, limitMs: number): Promise<void> {
  // Nothing is told of a stream that is closed already.
  if (stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const stalled = setTimeout(() => stream.destroy(), limitMs)
    const done = () => {
      clearTimeout(stalled)
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}
