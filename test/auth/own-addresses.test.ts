import t from 'tap'
import { addressLookup } from '../../src/auth/own-addresses.js'
import { readAddresses } from '../../src/instance/host.js'
import { systemClock } from '../../src/kernel/clock.js'
import { fakeClock } from './_support.js'

t.test('asks the system now and then, and says when it cannot tell', async (t) => {
  const clock = fakeClock()
  let answer: () => string[] = () => ['::ffff:10.0.0.1', 'FE80::1', 'nonsense']
  let asked = 0
  const lookup = addressLookup(() => {
    asked++
    return answer()
  }, clock)
  t.same([...(lookup() ?? [])], ['10.0.0.1', 'fe80::1'])
  lookup()
  t.equal(asked, 1)
  answer = () => {
    throw new Error('no interfaces')
  }
  clock.advance(5_000)
  t.equal(lookup(), undefined)
  clock.advance(5_000)
  answer = () => ['10.0.0.2']
  t.same([...(lookup() ?? [])], ['10.0.0.2'])
})

t.test('this machine has a loopback address', async (t) => {
  t.ok(addressLookup(readAddresses, systemClock)()?.has('127.0.0.1'))
})
