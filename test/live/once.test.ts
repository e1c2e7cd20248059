import t from 'tap'
import { systemClock } from '../../src/kernel/clock.js'
import { Once } from '../../src/live/once.js'

/** Work that fails when its caller goes. */
const work = (signal: AbortSignal) => () =>
  new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the caller went')))
    setImmediate(() => resolve('done'))
  })

t.test('the failure of a caller that went is not that of the next one, where the call may be made again', async (t) => {
  for (const [durable, end] of [
    [true, 'done'],
    [false, 'the caller went'],
  ] as const) {
    const once = new Once(systemClock)
    const gone = new AbortController()
    const first = once.run('key', work(gone.signal), durable ? { signal: gone.signal } : {})
    gone.abort()
    await t.rejects(first)
    const next = once.run('key', work(new AbortController().signal))
    t.equal(await next.catch((error: Error) => error.message), end)
  }
})

t.test('the failure of a call is kept while its caller is there', async (t) => {
  const once = new Once(systemClock)
  const { signal } = new AbortController()
  await t.rejects(
    once.run('key', () => Promise.reject(new Error('no')), { signal }),
    { message: 'no' },
  )
  await t.rejects(once.run('key', work(signal), { signal }), { message: 'no' })
})
