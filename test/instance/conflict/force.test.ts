import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp } from 'node:net'
import { platform } from 'node:os'
import t from 'tap'
import { freePort } from '../../../src/instance/conflict/force.js'
import { resolveInstance } from '../../../src/instance/resolve.js'
import type { RootFlags } from '../../../src/instance/root-flags.js'
import { writeRunFile } from '../../../src/instance/run-file.js'
import { startChild } from '../child.js'
import { bareHost } from '../helper.js'
import { accepts, portOf } from '../sockets.js'

const linux = platform() === 'linux'
const anyPort = { OPENCLAW_GATEWAY_PORT: '0' }
const at = (home: string, flags: RootFlags = {}) =>
  resolveInstance({ flags, env: { HOME: home }, cwd: home, host: bareHost })

t.test('--force never signals a pid that only a run-file names', async (t) => {
  const home = t.testdir()
  // Another gateway's process, whose pid a forged run-file gives for a port that it does not have.
  const victim = await startChild(t, home, ['--profile', 'victim'], anyPort)
  const forger = createHttp((_request, response) => {
    response.setHeader('x-openclaw-instance', 'forged')
    response.end()
  })
  const port = await portOf(t, forger)
  const instance = await at(home)
  await t.rejects(
    freePort(instance, '127.0.0.1', port),
    { code: 'port_taken', message: /another gateway/ },
    'no run-file',
  )
  await writeRunFile({ ...instance, id: 'forged' }, { port, addresses: [], startedAt: 0, pid: victim.said.pid ?? 0 })
  if (linux) await t.rejects(freePort(instance, '127.0.0.1', port), { code: 'port_taken' }, 'the kernel says no')
  t.equal(victim.child.exitCode, null)
  t.equal(await accepts(victim.said.port ?? 0), true, 'the victim lives')
})

t.test('--force ends a gateway of ours, also one that does not listen to SIGTERM', async (t) => {
  const home = t.testdir()
  const instance = await at(home)
  const children = [
    startChild(t, home, ['--profile', 'a'], anyPort),
    startChild(t, home, ['--profile', 'b', '--deaf'], anyPort),
  ]
  for (const { said, child } of await Promise.all(children)) {
    const deaf = child.spawnargs.includes('--deaf')
    const exit = once(child, 'exit')
    const freed = await freePort(instance, '127.0.0.1', said.port ?? 0, { termLimitMs: deaf ? 100 : 60_000 })
    t.equal(freed, said.pid)
    t.same(await exit, deaf ? [null, 'SIGKILL'] : [0, null])
    t.equal(await freePort(instance, '127.0.0.1', said.port ?? 0), undefined, 'nobody has it now')
  }
})

t.test('--force of the same profile takes over port and locks', async (t) => {
  const home = t.testdir()
  const first = await startChild(t, home, [], anyPort)
  const port = { OPENCLAW_GATEWAY_PORT: String(first.said.port) }
  const second = await startChild(t, home, ['--force'], port)
  t.equal(second.said.port, first.said.port)
  t.not(second.said.id, first.said.id)
})

t.test(
  'a gateway that hangs is ended when the kernel knows it, and never for another profile',
  { skip: !linux },
  async (t) => {
    const home = t.testdir()
    const hung = await startChild(t, home, [], anyPort)
    const port = hung.said.port ?? 0
    hung.child.kill('SIGSTOP')
    const other = await at(home, { profile: 'other' })
    await t.rejects(freePort(other, '127.0.0.1', port), { code: 'port_taken', message: /openclaw gateway stop/ })
    const exit = once(hung.child, 'exit')
    t.equal(await freePort(await at(home), '127.0.0.1', port, { termLimitMs: 100 }), hung.said.pid)
    t.same(await exit, [null, 'SIGKILL'])
  },
)

t.test('a silent program without the lock is named, not ended', { skip: !linux }, async (t) => {
  const instance = await at(t.testdir())
  const port = await portOf(t, createTcp())
  await writeRunFile(instance, { port, addresses: [], startedAt: 0 })
  const message = new RegExp(`not certain[^]*kill ${process.pid}`)
  await t.rejects(freePort(instance, '127.0.0.1', port), { code: 'port_taken', message })
})
