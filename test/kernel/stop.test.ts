import t from 'tap'
import { abortSignalOf, follow, Stop, type StopSignal } from '../../src/kernel/stop.js'

t.test('the first reason counts, and who listens hears it once', async (t) => {
  const stop = new Stop()
  const heard: unknown[] = []
  const first = () => heard.push(['first', stop.reason])
  const removed = () => heard.push('removed')
  stop.addEventListener('abort', first)
  stop.addEventListener('abort', first)
  stop.addEventListener('abort', removed)
  stop.removeEventListener('abort', removed)
  stop.throwIfAborted()
  stop.abort('why')
  stop.abort('again')
  stop.addEventListener('abort', () => heard.push('late'))
  t.strictSame(heard, [['first', 'why']])
  t.equal(stop.aborted, true)
  t.throws(() => stop.throwIfAborted(), 'why')
})

const signals: [name: string, make: () => { signal: StopSignal; abort: (reason: unknown) => void }][] = [
  [
    'a Stop',
    () => {
      const stop = new Stop()
      return { signal: stop, abort: (reason) => stop.abort(reason) }
    },
  ],
  [
    'an AbortSignal',
    () => {
      const controller = new AbortController()
      return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
    },
  ],
]
for (const [name, make] of signals) {
  t.test(`what follows ${name}`, async (t) => {
    const { signal, abort } = make()
    const followed = follow(signal)
    const left = follow(signal)
    const real = abortSignalOf(signal)
    left.unlink()
    const later = follow(signal)
    left.unlink()
    abort('gone')
    t.equal(followed.stop.reason, 'gone')
    t.equal(later.stop.reason, 'gone', 'letting go twice lets nobody else go')
    t.equal(left.stop.aborted, false)
    t.equal(real.reason, 'gone')
    t.equal(follow(signal).stop.reason, 'gone', 'also afterwards')
    t.equal(abortSignalOf(signal).reason, 'gone')
  })
}

t.test('a stop of its own leaves the one that it follows', async (t) => {
  const stop = new Stop()
  follow(stop).stop.abort('mine')
  t.equal(stop.aborted, false)
})
