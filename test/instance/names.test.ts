import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inContainer } from '../../src/instance/container.js'
import { readEnv } from '../../src/instance/env.js'
import { readAddresses, readHost } from '../../src/instance/host.js'
import { logDir } from '../../src/instance/log-dir.js'
import { commandFor } from '../../src/instance/profile.js'
import { bareHost, resolveBare } from './helper.js'

t.test('service names (spec/cli.md 0.2)', async (t) => {
  t.same((await resolveBare({}, {})).service, {
    systemd: 'openclaw-gateway.service',
    launchd: 'ai.openclaw.gateway',
    windows: 'OpenClaw Gateway',
    description: 'OpenClaw Gateway',
  })
  t.same((await resolveBare({ profile: 'rescue' }, {})).service, {
    systemd: 'openclaw-gateway-rescue.service',
    launchd: 'ai.openclaw.rescue',
    windows: 'OpenClaw Gateway (rescue)',
    description: 'OpenClaw Gateway (profile: rescue)',
  })
})

t.test('service names from variables', async (t) => {
  const env = {
    OPENCLAW_SYSTEMD_UNIT: 'my-gw',
    OPENCLAW_LAUNCHD_LABEL: 'org.me.gw',
    OPENCLAW_WINDOWS_TASK_NAME: 'My GW (1)',
  }
  t.match((await resolveBare({}, env)).service, {
    systemd: 'my-gw.service',
    launchd: 'org.me.gw',
    windows: 'My GW (1)',
  })
  const bad = await resolveBare({}, { OPENCLAW_SYSTEMD_UNIT: '../evil', OPENCLAW_LAUNCHD_LABEL: 'a\nb' })
  t.match(bad.service, { systemd: 'openclaw-gateway.service', launchd: 'ai.openclaw.gateway' })
  t.equal(bad.notices.length, 2)
})

t.test('log directory: the shared one only when it is ours', { skip: bareHost.uid === undefined }, async (t) => {
  const root = t.testdir({ ours: {}, open: {}, file: '', tmp: {} })
  const host = { ...bareHost, tmpDir: join(root, 'tmp') }
  const fallback = join(root, 'tmp', `openclaw-${host.uid}`)
  chmodSync(join(root, 'ours'), 0o700)
  chmodSync(join(root, 'open'), 0o777)
  symlinkSync(join(root, 'ours'), join(root, 'link'))
  t.equal(logDir(host, '/s', join(root, 'ours')), join(root, 'ours'))
  t.equal(logDir(host, '/s', join(root, 'missing')), join(root, 'missing'))
  for (const name of ['open', 'link', 'file']) t.equal(logDir(host, '/s', join(root, name)), fallback, name)
  symlinkSync(join(root, 'ours'), fallback)
  t.equal(logDir(host, '/s', join(root, 'open')), '/s/logs', 'the fallback is a trap too')
  t.equal(
    logDir({ ...host, uid: 1 + (host.uid ?? 0) }, '/s', join(root, 'ours')),
    join(root, 'tmp', `openclaw-${1 + (host.uid ?? 0)}`),
  )
  t.equal(logDir({ ...host, uid: undefined }, '/s'), join(root, 'tmp', 'openclaw'), 'Windows')
})

t.test('log file names', async (t) => {
  t.equal((await resolveBare({}, {})).paths.logPrefix, 'openclaw')
  t.equal((await resolveBare({ profile: 'rescue' }, {})).paths.logPrefix, 'openclaw-rescue')
})

t.test('container detection', async (t) => {
  const bare = { env: {}, exists: () => false, read: () => '' }
  const cgroup = (text: string) => inContainer({ ...bare, read: (path) => (path === '/proc/1/cgroup' ? text : '') })
  t.equal(inContainer(bare), false)
  t.equal(inContainer({ ...bare, exists: (path) => path === '/.dockerenv' }), true)
  t.equal(inContainer({ ...bare, exists: (path) => path === '/run/.containerenv' }), true)
  t.equal(inContainer({ ...bare, env: { container: 'podman' } }), true)
  t.equal(inContainer({ ...bare, env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }), true)
  t.equal(cgroup('0::/init.scope\n'), false)
  t.equal(cgroup('0::/user.slice/user-1000.slice\n'), false)
  t.equal(cgroup('12:memory:/docker/3f2a\n'), true)
  t.equal(cgroup('1:cpu:/kubepods/besteffort/pod1\n'), true)
  t.equal(cgroup('0::/system.slice/docker-3f2a.scope\n'), true)
})

t.test('the host answers', async (t) => {
  t.equal(readEnv().PATH, process.env.PATH)
  t.not(readEnv(), process.env, 'a copy')
  t.equal(readHost().platform, process.platform)
  t.ok(readAddresses().every((address) => /^[\d.]+$|:/.test(address)))
})

t.test('commands for the user keep the profile', async (t) => {
  t.equal(commandFor({ profile: 'default' }, 'gateway status'), 'openclaw gateway status')
  t.equal(commandFor({ profile: 'rescue' }, 'gateway status'), 'openclaw --profile rescue gateway status')
})
