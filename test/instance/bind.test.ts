import t from 'tap'
import { type BindInput, isLoopback, isTailnet, planBind } from '../../src/instance/bind.js'

const machine = ['127.0.0.1', '::1', '192.168.1.7', '100.101.102.103', '100.64.0.9', 'fd7a:115c:a1e0::1']
const plan = (input: Partial<BindInput>) =>
  planBind({ inContainer: false, addresses: machine, hasAuth: true, ...input })
const hosts = (input: Partial<BindInput>) =>
  plan(input)
    .addresses.map(({ host, optional }) => (optional ? `${host}?` : host))
    .join(' ')

t.test('addresses of each mode', async (t) => {
  const rows: readonly (readonly [Partial<BindInput>, string])[] = [
    [{}, '127.0.0.1 ::1?'],
    [{ flag: 'loopback' }, '127.0.0.1 ::1?'],
    [{ flag: 'lan' }, '0.0.0.0'],
    [{ flag: 'tailnet' }, '127.0.0.1 100.101.102.103?'],
    [{ flag: 'tailnet', addresses: ['127.0.0.1', '192.168.1.7'] }, '127.0.0.1'],
    [{ flag: 'custom', customHost: '192.168.1.7' }, '192.168.1.7 127.0.0.1'],
    [{ flag: 'custom', customHost: ' 192.168.1.7 ' }, '192.168.1.7 127.0.0.1'],
    [{ flag: 'custom', customHost: '127.0.0.1' }, '127.0.0.1'],
    [{ flag: 'custom', customHost: '0.0.0.0' }, '0.0.0.0'],
    [{ flag: 'custom', customHost: '::' }, '::'],
    [{ flag: 'custom', customHost: 'fd00::7' }, 'fd00::7 127.0.0.1'],
    [{ flag: 'auto' }, '127.0.0.1 ::1?'],
    [{ flag: 'auto', inContainer: true }, '0.0.0.0'],
  ]
  for (const [input, expected] of rows) t.equal(hosts(input), expected, JSON.stringify(input))
})

t.test('order: flag, config, Tailscale, image, container, loopback', async (t) => {
  const rows: readonly (readonly [Partial<BindInput>, string])[] = [
    [{ flag: 'lan', configured: 'loopback' }, 'lan'],
    [{ configured: 'lan' }, 'lan'],
    [{ configured: 'loopback', inContainer: true }, 'loopback'],
    [{ configured: 'loopback', fallback: 'lan' }, 'loopback'],
    [{ fallback: 'lan' }, 'lan'],
    [{ fallback: 'loopback', inContainer: true }, 'loopback'],
    [{ tailscaleMode: 'serve', inContainer: true }, 'loopback'],
    [{ tailscaleMode: 'funnel', fallback: 'lan' }, 'loopback'],
    [{ tailscaleMode: 'off', inContainer: true }, 'auto'],
    [{ inContainer: true }, 'auto'],
    [{}, 'loopback'],
  ]
  for (const [input, expected] of rows) t.equal(plan(input).mode, expected, JSON.stringify(input))
})

t.test('no network address without auth', async (t) => {
  const open: readonly Partial<BindInput>[] = [
    { flag: 'lan' },
    { flag: 'auto', inContainer: true },
    { inContainer: true },
    { flag: 'tailnet' },
    { flag: 'custom', customHost: '192.168.1.7' },
    { flag: 'custom', customHost: '::' },
  ]
  for (const input of open) {
    t.throws(
      () => plan({ ...input, hasAuth: false }),
      {
        code: 'bind_without_auth',
        row: { exit: 78 },
        message:
          /^refusing to bind gateway .* without auth.*openclaw config set gateway\.auth\.token.*OPENCLAW_GATEWAY_TOKEN/,
      },
      JSON.stringify(input),
    )
    t.equal(plan(input).loopbackOnly, false)
  }
  const closed: readonly Partial<BindInput>[] = [
    {},
    { flag: 'auto' },
    { flag: 'tailnet', addresses: ['127.0.0.1'] },
    { flag: 'custom', customHost: '127.0.0.1' },
  ]
  for (const input of closed) t.equal(plan({ ...input, hasAuth: false }).loopbackOnly, true, JSON.stringify(input))
})

t.test('settings that cannot work', async (t) => {
  for (const customHost of [undefined, '', 'example.com', '1.2.3', '127.0.0.1:80', '*']) {
    t.throws(() => plan({ flag: 'custom', ...(customHost === undefined ? {} : { customHost }) }), {
      code: 'bind_failed',
      message: /customBindHost is not an IP address/,
    })
  }
  for (const tailscaleMode of ['serve', 'funnel'] as const) {
    t.throws(() => plan({ flag: 'lan', tailscaleMode }), {
      code: 'bind_failed',
      message: /needs gateway\.bind "loopback"/,
    })
  }
})

t.test('ranges are read as addresses, not as text', async (t) => {
  for (const address of ['100.64.0.0', '100.127.255.255']) t.ok(isTailnet(address), address)
  for (const address of ['100.63.0.1', '100.128.0.1', '10.64.0.1', '100.64.evil.com', '::ffff:100.64.0.1'])
    t.notOk(isTailnet(address), address)
  for (const address of ['127.0.0.1', '127.9.9.9', '::1']) t.ok(isLoopback(address), address)
  for (const address of ['127.evil.com', '0.0.0.0', '::', '128.0.0.1', '']) t.notOk(isLoopback(address), address)
})
