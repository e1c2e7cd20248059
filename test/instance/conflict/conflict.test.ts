import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { platform } from 'node:os'
import t, { type Test } from 'tap'
import { explainWith } from '../../../src/instance/conflict/explain.js'
import { freePort } from '../../../src/instance/conflict/force.js'
import { openListener } from '../../../src/instance/listener.js'
import { resolveInstance } from '../../../src/instance/resolve.js'
import type { RootFlags } from '../../../src/instance/root-flags.js'
import { writeRunFile } from '../../../src/instance/run-file.js'
import type { Instance } from '../../../src/instance/types.js'
import { startChild } from '../child.js'
import { bareHost } from '../helper.js'
import { accepts } from '../sockets.js'

const linux = platform() === 'linux'
const anyPort = { OPENCLAW_GATEWAY_PORT: '0' }
const at = (home: string, flags: RootFlags = {}) =>
  resolveInstance({ flags, env: { HOME: home }, cwd: home, host: bareHost })

/** Tries to listen on a taken port as the given instance does. */
function tryPort(instance: Instance, port: number) {
  return openListener({ addresses: [{ host: '127.0.0.1', optional: false }], port, explain: explainWith(instance) })
}

async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  // What `listen` with a port gives (node:net).
  return (server.address() as AddressInfo).port
}

t.test('a port of another profile: the documented words, its profile and pid, what to do', async (t) => {
  const home = t.testdir()
  const { said } = await startChild(t, home, ['--profile', 'rescue'], anyPort)
  const { port = 0, pid, id } = said
  const next = port + 120 <= 65_535 ? port + 120 : port - 120
  await t.rejects(tryPort(await at(home), port), {
    code: 'port_taken',
    row: { exit: 78 },
    message: `another gateway instance is already listening on ws://127.0.0.1:${port} (profile "rescue", pid ${pid}). Stop it with "openclaw --profile rescue gateway stop", or start this one elsewhere: openclaw gateway --port ${next}`,
    details: { port, pid, owner: 'gateway', profile: 'rescue', instanceId: id },
  })
  await t.rejects(tryPort(await at(home, { profile: 'ops' }), port), {
    message: /elsewhere: openclaw --profile ops gateway/,
  })
})

t.test('one that is still starting, and one of another home', async (t) => {
  const home = t.testdir({ mine: {}, other: {} })
  const { said } = await startChild(t, `${home}/other`, ['--starting'], anyPort)
  const own = await tryPort(await at(`${home}/other`, { profile: 'x' }), said.port ?? 0).catch(
    (error: Error) => error.message,
  )
  t.match(own, new RegExp(`already listening on ws://127.0.0.1:${said.port} \\(profile "default", pid ${said.pid}\\)`))
  const foreign = await tryPort(await at(`${home}/mine`), said.port ?? 0).catch((error: Error) => error.message)
  // The search for a pid stops after a while; test/instance/conflict/port-owner.test.ts gives it time.
  const pid = `( \\(pid ${said.pid}\\))?`
  t.match(foreign, new RegExp(`already listening on ws://127.0.0.1:${said.port}${pid}\\. Stop it, or`))
})

t.test('pain-13: one that hangs is known by its run-file and the kernel', { skip: !linux }, async (t) => {
  const home = t.testdir()
  const { said } = await startChild(t, home, ['--profile', 'rescue', '--busy'], anyPort)
  // It stops answering 50 ms after it has said its line.
  await new Promise((resolve) => setTimeout(resolve, 300))
  await t.rejects(tryPort(await at(home), said.port ?? 0), {
    message: new RegExp(`another gateway.*"rescue", pid ${said.pid}`),
  })
})

t.test('programs that are not ours: other words, and --force does not touch them', async (t) => {
  const home = t.testdir()
  const programs: Readonly<Record<string, Server>> = {
    web: createHttp((_request, response) => response.end('{"ok":true,"status":"live"}')),
    silent: createServer((socket) => socket.on('error', () => {})),
    talker: createServer((socket) => socket.on('error', () => {}).write('SSH-2.0-x\r\n')),
    rude: createServer((socket) => socket.destroy()),
  }
  const instance = await at(home)
  for (const [name, server] of Object.entries(programs)) {
    const port = await portOf(t, server)
    // Left behind by a gateway that was killed; the port is somebody else's now.
    await writeRunFile(await at(home, { profile: 'gone' }), { port, addresses: [], startedAt: 0, pid: 2 ** 22 + 1 })
    const who = `( \\(pid ${process.pid}, [^)]+\\))?`
    const refused = {
      code: 'port_taken',
      row: { exit: 78 },
      message: new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is used by another program${who}\\. Stop it, or start`),
      details: { owner: 'other', port },
    }
    await t.rejects(tryPort(instance, port), refused, name)
    await t.rejects(freePort(instance, '127.0.0.1', port), refused, `${name} --force`)
    t.equal(await accepts(port), true, `${name} is still there`)
  }
})

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
  for (const more of [[], ['--deaf']]) {
    const { said, child } = await startChild(t, home, ['--profile', 'rescue', ...more], anyPort)
    const exit = once(child, 'exit')
    const freed = await freePort(instance, '127.0.0.1', said.port ?? 0, { termLimitMs: more.length > 0 ? 100 : 60_000 })
    t.equal(freed, said.pid)
    t.same(await exit, more.length > 0 ? [null, 'SIGKILL'] : [0, null])
    t.equal(await freePort(instance, '127.0.0.1', said.port ?? 0), undefined, 'nobody has it now')
  }
})

t.test('--force of the same profile takes over port and locks', async (t) => {
  const home = t.testdir()
  const first = await startChild(t, home, [], anyPort)
  const port = { OPENCLAW_GATEWAY_PORT: String(first.said.port) }
  const without = await startChild(t, home, [], port)
  t.match(without.said, { code: 'lock_held', exit: 78 })
  const second = await startChild(t, home, ['--force'], port)
  t.equal(second.said.port, first.said.port)
  t.not(second.said.id, first.said.id)
})
