import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { dial } from '../../src/client/dial.js'
import { checkListener } from '../../src/client/listener-owner.js'
import type { FoundGateway } from '../../src/client/open.js'
import type { RunRecord } from '../../src/instance/run-file.js'
import type { TcpRow } from '../../src/instance/tcp-table.js'
import { testConfig, testInstance } from '../helper/gateway.js'

const stranger = 54_321

async function found(port: number, more: Partial<FoundGateway> = {}): Promise<FoundGateway> {
  return {
    instance: await testInstance(t, testConfig()),
    target: { base: new URL(`http://127.0.0.1:${port}/`), display: `ws://127.0.0.1:${port}`, source: 'local' },
    credential: { kind: 'token', value: 'a-secret-of-the-gateway', from: 'test' },
    withoutSecret: false,
    credentialProblem: undefined,
    record: { port } as RunRecord,
    pin: undefined,
    headers: {},
    probe: () => Promise.reject(new Error('not here')),
    ...more,
  }
}

const row = (uid: number, state = '0A'): TcpRow => ({ localPort: 7, remotePort: 0, state, uid, inode: '1' })
const refused = { code: 'gateway_unreachable', details: { kind: 'other_user' }, message: /uid 54321.*Nothing was sent/ }

t.test('only a port of another user is refused', async (t) => {
  const own = process.getuid?.() ?? 0
  const at = await found(7)
  await t.rejects(
    checkListener(at, async () => [row(stranger)]),
    refused,
  )
  for (const rows of [[], undefined, [row(own)], [row(0)], [row(stranger), row(own)], [row(stranger, '01')]]) {
    await t.resolves(checkListener(at, async () => rows))
  }
  const strange = async () => [row(stranger)]
  await t.resolves(checkListener({ ...at, record: undefined }, strange), 'it never ran here')
  await t.resolves(checkListener({ ...at, target: { ...at.target, source: 'url' } }, strange), 'the caller says so')
})

const skip = process.platform !== 'linux' || process.getuid?.() !== 0
t.test('a real listener of another user gets no token', { skip }, async (t) => {
  const program = `const s = require('net').createServer((c) => c.on('data', (d) => process.stdout.write(d)))
    s.listen(0, '127.0.0.1', () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', program], {
    uid: stranger,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [first] = await once(child.stdout, 'data')
  let heard = ''
  child.stdout.on('data', (chunk) => {
    heard += chunk
  })
  await t.rejects(dial(await found(Number(first)), { scopes: ['operator.read'] }), refused)
  t.equal(heard, '')
})
