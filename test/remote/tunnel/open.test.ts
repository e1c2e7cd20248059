import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { clientClock } from '../../../src/client/clock.js'
import { keepTunnel, type TunnelState } from '../../../src/remote/tunnel/keep.js'
import { openTunnel } from '../../../src/remote/tunnel/open.js'
import type { TunnelPlan } from '../../../src/remote/tunnel/plan.js'
import { parseSshTarget } from '../../../src/remote/tunnel/target.js'
import { freePort, startOther } from '../../cli/gateways.js'
import { until } from '../../helper/calls.js'
import { startSshd, type TestSshd, withoutSshd } from '../../helper/sshd.js'
import { accepts, portOf } from '../../instance/sockets.js'

const skip = withoutSshd()

async function planFor(sshd: TestSshd, remotePort: number, more: Partial<TunnelPlan> = {}): Promise<TunnelPlan> {
  const target = parseSshTarget(sshd.target)
  return { target, identity: sshd.identity, hostKeys: 'strict', localPort: await freePort(), remotePort, ...more }
}

function open(t: Test, sshd: TestSshd, plan: TunnelPlan, env: object = {}) {
  const controller = new AbortController()
  t.teardown(() => controller.abort())
  return openTunnel(plan, { env: { PATH: sshd.path, HOME: sshd.folder, ...env }, signal: controller.signal })
}

const fails = (kind: string) => ({ code: 'tunnel_failed', details: { kind } })
const gone = async (port: number) => !(await accepts(port))

t.test('a tunnel through a real sshd', { skip }, async (t) => {
  const sshd = await startSshd(t)
  const remote = await startOther(t, (_request, response) => response.end('from the other side'))
  const plan = await planFor(sshd, remote)
  const tunnel = await open(t, sshd, plan)
  t.equal(await (await fetch(`http://127.0.0.1:${plan.localPort}/`)).text(), 'from the other side')
  await tunnel.close()
  t.equal(await tunnel.ended, undefined, 'an orderly end is no failure')
  t.ok(await gone(plan.localPort))
  await tunnel.close()
})

t.test('closing by signal leaves no ssh behind', { skip }, async (t) => {
  const sshd = await startSshd(t)
  const plan = await planFor(sshd, 1)
  const controller = new AbortController()
  const tunnel = await openTunnel(plan, { env: { PATH: sshd.path }, signal: controller.signal })
  controller.abort()
  await tunnel.ended
  t.throws(() => process.kill(tunnel.pid, 0), { code: 'ESRCH' })
  await t.rejects(openTunnel(plan, { env: { PATH: sshd.path }, signal: controller.signal }), { name: 'AbortError' })
})

t.test('every failure has its own kind', { skip }, async (t) => {
  const sshd = await startSshd(t)
  const known = readFileSync(sshd.knownHosts, 'utf8')
  const table: [string, Partial<TunnelPlan>, () => unknown, object?][] = [
    ['host_key_unknown', {}, () => writeFileSync(sshd.knownHosts, '')],
    ['host_key_changed', {}, () => writeFileSync(sshd.knownHosts, known.replace(/AAAA\S+/, readFileSync(`${sshd.identity}.pub`, 'utf8').split(' ')[1] ?? ''))],
    ['permission_denied', {}, () => writeFileSync(`${sshd.folder}/authorized_keys`, '')],
    ['bad_identity', { identity: `${sshd.folder}/sshd_config` }, () => sshd.configure([])],
    ['refused', { target: parseSshTarget('someone@127.0.0.1:1') }, () => {}],
    ['dns', { target: parseSshTarget('someone@nowhere.invalid') }, () => {}],
    ['ssh_missing', {}, () => {}, { PATH: sshd.folder }],
  ] // biome-ignore format: one case a line
  for (const [kind, more, spoil, env] of table) {
    t.test(kind, async (t) => {
      writeFileSync(sshd.knownHosts, known)
      writeFileSync(`${sshd.folder}/authorized_keys`, readFileSync(`${sshd.identity}.pub`))
      sshd.configure([`IdentityFile ${sshd.identity}`])
      spoil()
      const failure = await open(t, sshd, await planFor(sshd, 1, more), env).then(
        () => t.fail('it stands'),
        (error: Error) => error,
      )
      t.match(failure, fails(kind))
      t.notMatch((failure as Error).message, /\{\w+\}/, 'the words are complete')
    })
  }
  t.test('port_in_use', async (t) => {
    writeFileSync(`${sshd.folder}/authorized_keys`, readFileSync(`${sshd.identity}.pub`))
    writeFileSync(sshd.knownHosts, known)
    const localPort = await portOf(t, createServer())
    await t.rejects(open(t, sshd, await planFor(sshd, 1, { localPort })), fails('port_in_use'))
  })
})

t.test('what the other side does not reach, or does not allow, is told by its words', { skip }, async (t) => {
  const sshd = await startSshd(t, ['PermitOpen 127.0.0.1:9'])
  const plan = await planFor(sshd, 1)
  const tunnel = await open(t, sshd, plan)
  await t.rejects(fetch(`http://127.0.0.1:${plan.localPort}/`))
  await until(() => tunnel.troubles().some((line) => /administratively prohibited/.test(line)))
})

t.test('seed 004: an alias of ~/.ssh/config with the same LocalForward is no conflict', { skip }, async (t) => {
  const sshd = await startSshd(t)
  const remote = await startOther(t, (_request, response) => response.end('here'))
  const localPort = await freePort()
  sshd.configure([
    `IdentityFile ${sshd.identity}`,
    'Host remote-gateway',
    'HostName 127.0.0.1',
    `Port ${sshd.port}`,
    `User ${sshd.target.split('@')[0]}`,
    `LocalForward ${localPort} 127.0.0.1:${remote}`,
  ])
  const target = parseSshTarget('remote-gateway')
  await open(t, sshd, { target, identity: undefined, hostKeys: 'strict', localPort, remotePort: remote })
  t.equal(await (await fetch(`http://127.0.0.1:${localPort}/`)).text(), 'here')
})

t.test('a kept tunnel comes back after its ssh was killed and after sshd was gone', { skip }, async (t) => {
  const sshd = await startSshd(t)
  const remote = await startOther(t, (_request, response) => response.end('still here'))
  const plan = await planFor(sshd, remote)
  const stop = new AbortController()
  const states: TunnelState[] = []
  const env = { PATH: sshd.path }
  const kept = keepTunnel({
    clock: clientClock,
    signal: stop.signal,
    open: (options) => openTunnel(plan, { env, ...options }),
    onState: (state) => states.push(state),
    random: () => 0,
  })
  const ups = () => states.filter(({ state }) => state === 'up')
  const ask = async () =>
    (await fetch(`http://127.0.0.1:${plan.localPort}/`, { headers: { connection: 'close' } })).text()
  await until(() => ups().length === 1)
  t.equal(await ask(), 'still here')

  const [first] = ups()
  if (first?.state === 'up') process.kill(first.pid, 'SIGKILL')
  await until(() => ups().length === 2)
  t.equal(await ask(), 'still here')

  await sshd.stop()
  await until(() => states.filter(({ state }) => state === 'waiting').length >= 2)
  await sshd.start()
  await until(() => ups().length === 3)
  t.equal(await ask(), 'still here')

  stop.abort()
  await kept
  t.ok(await gone(plan.localPort))
})

t.test('a first attempt that a person has to mend ends at once', { skip }, async (t) => {
  const sshd = await startSshd(t)
  writeFileSync(sshd.knownHosts, '')
  const plan = await planFor(sshd, 1)
  const states: string[] = []
  const kept = keepTunnel({
    clock: clientClock,
    signal: new AbortController().signal,
    open: (options) => openTunnel(plan, { env: { PATH: sshd.path }, ...options }),
    onState: ({ state }) => states.push(state),
  })
  await t.rejects(kept, fails('host_key_unknown'))
  t.same(states, ['connecting'])
})
