import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { selfSigned } from '../../../src/remote/tls/generate.js'
import { cliFor } from '../harness.js'

const yearMs = 365 * 86_400_000

t.test('doctor judges the certificate of the gateway', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', auth: { token: 'doctor-token-0123456789' }, tls: { enabled: true } } })
  const folder = join(cli.home, '.openclaw', 'gateway', 'tls')
  const tls = async () => {
    const { findings } = JSON.parse((await cli.run('doctor', '--json')).stdout) as {
      findings: { checkId: string; message: string }[]
    }
    return findings.filter(({ checkId }) => checkId === 'tls')
  }
  t.same(await tls(), [], 'what the first start makes is not missing')
  mkdirSync(folder, { recursive: true })
  const [cert, key] = [join(folder, 'gateway-cert.pem'), join(folder, 'gateway-key.pem')]
  const write = async (at: number) => {
    const pair = await selfSigned(['localhost'], at)
    writeFileSync(cert, pair.cert)
    writeFileSync(key, pair.key, { mode: 0o600 })
  }
  await write(Date.now())
  t.same(await tls(), [])
  chmodSync(key, 0o644)
  t.match(await tls(), [{ message: /can read the private key/ }])
  await cli.run('doctor', '--fix')
  t.equal(statSync(key).mode & 0o777, 0o600)
  await write(Date.now() - 10 * yearMs)
  t.match(await tls(), [{ message: /runs? out on/ }])
  await write(Date.now() - 12 * yearMs)
  t.match(await tls(), [{ message: /ran out on/, severity: 'error' }])
  writeFileSync(cert, 'nonsense')
  t.match(await tls(), [{ message: /is not a certificate/, severity: 'error' }])
  cli.writeConfig({ gateway: { mode: 'local', auth: { token: 'doctor-token-0123456789' } } })
  t.same(await tls(), [], 'without TLS nothing is said')
})

t.test('the mode of a key outside of the profile is told, not changed', async (t) => {
  const cli = cliFor(t)
  const pair = await selfSigned(['localhost'], Date.now())
  const [certPath, keyPath] = [join(cli.home, 'cert.pem'), join(cli.home, 'key.pem')]
  writeFileSync(certPath, pair.cert)
  writeFileSync(keyPath, pair.key)
  chmodSync(keyPath, 0o640)
  const tls = { enabled: true, certPath, keyPath }
  cli.writeConfig({ gateway: { mode: 'local', auth: { token: 'doctor-token-0123456789' }, tls } })
  const { stdout } = await cli.run('doctor', '--fix', '--yes', '--json')
  t.match(stdout, /can read the private key/)
  t.equal(statSync(keyPath).mode & 0o777, 0o640)
})
