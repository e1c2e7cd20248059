import t from 'tap'
import { ambiguous, HeaderView } from '../../src/auth/headers.js'

const see = (...raw: string[]) => new HeaderView(raw)

t.test('a header that stands alone', async (t) => {
  t.equal(see('X-User', 'a').sole('x-user'), 'a')
  t.equal(see('X-USER', '').sole('x-user'), '')
  t.equal(see('X-Users', 'a').sole('x-user'), undefined)
  t.equal(see('X-User', 'a', 'x-user', 'a').sole('x-user'), ambiguous, 'twice, even with one value')
  t.equal(see('X_User', 'a').sole('x-user'), ambiguous, 'underscore twin alone')
  t.equal(see('X-User', 'a', 'X_User', 'b').sole('x-user'), ambiguous, 'underscore twin beside it')
  t.equal(see('X-User', 'a', 'Connection', 'keep-alive, X-User').sole('x-user'), ambiguous, 'named by Connection')
  t.equal(see('Connection', 'x_user', 'X-User', 'a').sole('x-user'), ambiguous, 'named by Connection as twin')
  t.equal(see('Connection', 'close', 'Connection', 'x-user', 'X-User', 'a').sole('x-user'), ambiguous)
  t.equal(see('Connection', 'keep-alive, Upgrade', 'X-User', 'a').sole('x-user'), 'a')
})

t.test('proxy headers, present in whatever form', async (t) => {
  for (const name of [
    'Forwarded',
    'X-Forwarded-For',
    'x-forwarded-user',
    'X_Forwarded_For',
    'X-REAL-IP',
    'x_real_ip',
    'X-Forwarded',
    'Tailscale-User-Login',
    'TAILSCALE-FUNNEL-REQUEST',
  ]) {
    t.ok(see('Host', 'x', name, '').forwarded, name)
  }
  for (const name of ['X-Forward', 'Forwarded-For', 'From', 'Tail', 'X-Request-Id', 'X-Realip', 'User-Agent']) {
    t.notOk(see('Host', 'x', name, 'v').forwarded, name)
  }
  t.ok(see('Connection', 'X-Forwarded-For').forwarded, 'named by Connection only')
  t.notOk(see('X-Forwarded-For', '1.2.3.4', 'X-Forwarded-Proto', 'https').forwardedAmbiguous)
  t.ok(see('X-Forwarded-For', '1.2.3.4', 'x-forwarded-for', '1.2.3.4').forwardedAmbiguous)
  t.ok(see('X_Forwarded_For', '1.2.3.4').forwardedAmbiguous)
  t.ok(see('Connection', 'x-real-ip', 'X-Forwarded-For', '1.2.3.4').forwardedAmbiguous)
})

t.test('browser and funnel marks', async (t) => {
  t.ok(see('Sec-Fetch-Site', 'cross-site').fetchMetadata)
  t.notOk(see('Sec-WebSocket-Key', 'x').fetchMetadata)
  t.ok(see('Tailscale-Funnel-Request', '?1').funnel)
  t.notOk(see('Tailscale-User-Login', 'a').funnel)
})

t.test('more lines than Node keeps: what a proxy appended may be gone', async (t) => {
  const lines = (count: number) => see(...Array.from({ length: count }, () => ['A', '']).flat())
  t.match(lines(500), { overfull: false, forwarded: false, forwardedAmbiguous: false })
  t.match(lines(501), { overfull: true, forwarded: true, forwardedAmbiguous: true })
})
