import t from 'tap'
import { compileAuthSettings } from '../../../src/auth/settings.js'
import { tailscaleNotices } from '../../../src/remote/tailscale/notices.js'
import { startLoudGateway } from '../../helper/running.js'
import { fakeTailscale } from '../../helper/tailscale.js'

const begin = (mode: string) => `this version does not start Tailscale itself; run: tailscale ${mode} --bg 18789`
const everything = 'everything is refused over Tailscale until gateway.trustedProxies has "127.0.0.1"'
const http = 'the HTTP API is refused over Tailscale until gateway.trustedProxies has "127.0.0.1"'

t.test('what is said at the start', async (t) => {
  const env = { PATH: fakeTailscale(t).folder }
  const cases = [
    { mode: 'off', allowTailscale: false, says: [] },
    { mode: 'off', allowTailscale: true, says: [] },
    { mode: 'serve', allowTailscale: true, says: [begin('serve'), http] },
    { mode: 'serve', allowTailscale: false, says: [begin('serve'), everything] },
    { mode: 'serve', allowTailscale: true, trustedProxies: ['127.0.0.1'], says: [begin('serve')] },
    { mode: 'serve', allowTailscale: false, trustedProxies: ['127.0.0.0/8'], says: [begin('serve')] },
    { mode: 'funnel', allowTailscale: false, says: [begin('funnel'), everything] },
  ] as const
  for (const { mode, says, ...input } of cases) {
    const auth = compileAuthSettings({ mode: 'token', ...input })
    t.strictSame(await tailscaleNotices({ mode, auth, port: 18_789, env }), says, JSON.stringify({ mode, ...input }))
  }
})

t.test('the program is missed only where it is needed', async (t) => {
  const asked = { mode: 'off', port: 18_789, env: {} } as const
  const notFound = async () => undefined
  const allowed = compileAuthSettings({ mode: 'token', allowTailscale: true })
  t.match(await tailscaleNotices({ ...asked, auth: allowed }, notFound), [/program was not found.* PATH/])
  t.strictSame(await tailscaleNotices({ ...asked, auth: compileAuthSettings({ mode: 'token' }) }, notFound), [])
})

t.test('a gateway says it', async (t) => {
  const { lines, port } = await startLoudGateway(t, {
    gateway: { mode: 'local', auth: { mode: 'token', token: 'test-token-0123456789' }, tailscale: { mode: 'serve' } },
  })
  t.ok(lines.some((line) => line.includes(`run: tailscale serve --bg ${port}`)))
})
