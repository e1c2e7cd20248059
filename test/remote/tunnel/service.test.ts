import t from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import { planOf, tunnelPlan } from '../../../src/remote/tunnel/plan.js'
import { tunnelNames, tunnelSpec } from '../../../src/remote/tunnel/service.js'
import { parseSshTarget } from '../../../src/remote/tunnel/target.js'
import { renderPlist } from '../../../src/service/launchd/plist.js'
import { renderUnit } from '../../../src/service/systemd/unit.js'
import { instanceOf } from '../../service/specs.js'

const remote = { url: 'ws://127.0.0.1:18789', sshTarget: 'me@server:2222', sshIdentity: '~/.ssh/id_ed25519' }
const plan = planOf(remote, '/home/u')

t.test('seed 004: the launch agent', async (t) => {
  const instance = await instanceOf(undefined)
  if (!plan) return t.fail('no plan')
  const text = renderPlist(tunnelSpec({ instance, plan, ssh: '/usr/bin/ssh', kind: 'launchd' }))
  const flat = text.replace(/\s*\n\s*/g, '')
  t.match(flat, '<key>Label</key><string>ai.openclaw.ssh-tunnel</string>')
  t.match(flat, '<key>ProgramArguments</key><array><string>/usr/bin/ssh</string><string>-N</string>')
  t.match(flat, '<string>-L</string><string>18789:127.0.0.1:18789</string>')
  t.match(flat, '<string>-p</string><string>2222</string><string>--</string><string>me@server</string>')
  t.match(flat, '<string>-i</string><string>/home/u/.ssh/id_ed25519</string>')
  t.match(flat, '<key>KeepAlive</key><true/>')
  t.match(flat, '<key>RunAtLoad</key><true/>')
  t.match(flat, 'Made by &quot;openclaw tunnel install&quot;')
})

t.test('the unit comes back for ever and asks nobody', async (t) => {
  const instance = await instanceOf('rescue')
  if (!plan) return t.fail('no plan')
  const text = renderUnit(tunnelSpec({ instance, plan, ssh: '/usr/bin/ssh', kind: 'systemd' }))
  t.match(text, 'Description=OpenClaw SSH tunnel (profile: rescue)')
  t.match(text, /ExecStart="\/usr\/bin\/ssh" "-N" .*"BatchMode=yes".*"StrictHostKeyChecking=yes"/)
  t.match(text, 'Restart=always')
  t.notMatch(text, /RestartPreventExitStatus|MemoryMax|StartLimitBurst/)
})

t.test('names: one tunnel per profile', async (t) => {
  t.match(tunnelNames('default'), { launchd: 'ai.openclaw.ssh-tunnel', systemd: 'openclaw-ssh-tunnel.service' })
  t.match(tunnelNames('rescue'), {
    launchd: 'ai.openclaw.ssh-tunnel-rescue',
    systemd: 'openclaw-ssh-tunnel-rescue.service',
  })
  const instance = await instanceOf(undefined)
  if (!plan) return t.fail('no plan')
  t.throws(() => tunnelSpec({ instance, plan, ssh: '/usr/bin/ssh', kind: 'schtasks' }), { code: 'service_unavailable' })
})

const targets: [string, { destination: string; port?: number } | undefined][] = [
  ['me@server', { destination: 'me@server' }],
  ['me@server:2222', { destination: 'me@server', port: 2222 }],
  ['server', { destination: 'server' }],
  ['remote-gateway', { destination: 'remote-gateway' }],
  [' me@10.0.0.1 ', { destination: 'me@10.0.0.1' }],
  ['me@[::1]:22', { destination: 'me@::1', port: 22 }],
  ['me@[fe80::1%eth0]', { destination: 'me@fe80::1%eth0' }],
  ['me@::1', undefined],
  ['', undefined],
  ['-oProxyCommand=x', undefined],
  ['me@-server', undefined],
  ['me@server:0', undefined],
  ['me@server:65536', undefined],
  ['me@server:22x', undefined],
  ['me@server name', undefined],
  ['me@server;id', undefined],
  ['"me"@server', undefined],
  ['me@server\n', { destination: 'me@server' }],
]

for (const [text, wanted] of targets) {
  t.test(`target ${JSON.stringify(text)}`, async (t) => {
    if (wanted) t.match(parseSshTarget(text), { port: undefined, ...wanted })
    else t.throws(() => parseSshTarget(text), { code: 'usage' })
  })
}

type Remote = NonNullable<NonNullable<Config['gateway']>['remote']>
const ssh = { sshTarget: 'me@server' }
const plans: [string, Remote, { localPort: number; remotePort: number } | undefined][] = [
  ['the port of the URL on both sides', { ...ssh, url: 'ws://127.0.0.1:19000' }, { localPort: 19_000, remotePort: 19_000 }],
  ['another one over there', { ...ssh, url: 'ws://127.0.0.1:19000', remotePort: 18_789 }, { localPort: 19_000, remotePort: 18_789 }],
  ['no URL', ssh, { localPort: 18_789, remotePort: 18_789 }],
  ['localhost and TLS inside', { ...ssh, url: 'wss://localhost:20000/' }, { localPort: 20_000, remotePort: 20_000 }],
  ['IPv6 loopback', { ...ssh, url: 'ws://[::1]:20000' }, { localPort: 20_000, remotePort: 20_000 }],
  ['no target: a tunnel by hand', { url: 'ws://127.0.0.1:18789' }, undefined],
  ['direct', { ...ssh, transport: 'direct', url: 'ws://127.0.0.1:18789' }, undefined],
  ['another machine in the URL', { ...ssh, url: 'wss://gateway.example.com' }, undefined],
  ['a name that only looks like loopback', { ...ssh, url: 'ws://127.0.0.1.evil.com:18789' }, undefined],
] // biome-ignore format: one case a line

for (const [name, remote, wanted] of plans) {
  t.test(`plan: ${name}`, async (t) => {
    const plan = planOf(remote, '/home/u')
    if (wanted) t.match(plan, wanted)
    else t.equal(plan, undefined)
    t.equal(tunnelPlan({ gateway: { mode: 'local', remote } }, '/home/u'), undefined, 'local mode needs none')
  })
}
