import t from 'tap'
import { authenticate } from '../../src/auth/authenticate.js'
import { Limiter } from '../../src/auth/limiter.js'
import { type AuthInput, compileAuthSettings } from '../../src/auth/settings.js'
import { allMethods, facts, fakeClock, type HeaderPairs, TOKEN, word } from './_support.js'

function setUp(more: Partial<AuthInput> = {}) {
  const clock = fakeClock()
  const limiter = new Limiter(clock)
  const settings = compileAuthSettings({ mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 3 }, ...more })
  const ask = (bearer: string | undefined, peer = '127.0.0.1', more: HeaderPairs = [], host?: string) => {
    const headers: HeaderPairs = bearer === undefined ? more : [['Authorization', `Bearer ${bearer}`], ...more]
    return authenticate(facts(peer, headers, host), settings, allMethods, limiter)
  }
  return { ask, clock, limiter }
}

const locked = 'rate_limited rate_limited'
const wrong = 'invalid_api_key token_mismatch'

t.test('a wrong secret while locked waits, the right one passes and clears the lock', async (t) => {
  const { ask } = setUp()
  for (let i = 0; i < 3; i++) t.equal(word(ask('no')), wrong)
  const verdict = ask('no')
  t.equal(word(verdict), locked)
  t.equal(verdict.ok || verdict.denial.retryAfterMs, 300_000)
  t.equal(word(ask(TOKEN)), 'ok')
  t.equal(word(ask('no')), wrong, 'counting begins again')
})

t.test('ten thousand wrong secrets never lock the right one out', async (t) => {
  const { ask } = setUp()
  for (let i = 0; i < 10_000; i++) ask(`guess-${i}`, i % 2 ? '127.0.0.1' : '::ffff:127.0.0.1')
  t.equal(word(ask('no', '::1')), locked, 'all spellings of loopback are one budget')
  t.equal(word(ask(TOKEN)), 'ok')
})

t.test('what is no guess is not counted', async (t) => {
  const { ask, limiter } = setUp()
  for (let i = 0; i < 10; i++) {
    ask(undefined)
    ask('')
    ask('no', '127.0.0.1', [['X-Forwarded-For', '203.0.113.9']])
    ask('no', '127.0.0.1', [['Origin', 'http://evil.example']], 'evil.example')
    ask('no', '127.0.0.1', [['Authorization', 'Bearer two']])
  }
  t.equal(limiter.size, 0)
})

t.test('behind a proxy the client is counted, not the proxy', async (t) => {
  const { ask } = setUp({ trustedProxies: ['10.0.0.1'] })
  const from = (client: string, bearer = 'no') => word(ask(bearer, '10.0.0.1', [['X-Forwarded-For', client]]))
  for (let i = 0; i < 3; i++) from('203.0.113.9')
  t.equal(from('203.0.113.9'), locked)
  t.equal(from('::ffff:203.0.113.9'), locked)
  t.equal(from('203.0.113.10'), wrong)
  t.equal(from('1.1.1.1, 203.0.113.9'), locked, 'what the client prepends changes nothing')
})

t.test('only the secret itself clears the count: mode none in between does not', async (t) => {
  const { ask, limiter } = setUp()
  for (let i = 0; i < 3; i++) ask('no')
  const none = compileAuthSettings({ mode: 'none' })
  t.equal(word(authenticate(facts('127.0.0.1'), none, allMethods, limiter)), 'ok')
  t.equal(word(ask('no')), locked)
})
