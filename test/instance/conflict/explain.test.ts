import { createServer as createHttp } from 'node:http'
import { createServer, type Server } from 'node:net'
import { platform } from 'node:os'
import t from 'tap'
import { explainWith } from '../../../src/instance/conflict/explain.js'
import { freePort } from '../../../src/instance/conflict/force.js'
import { openListener } from '../../../src/instance/listener.js'
import { resolveInstance } from '../../../src/instance/resolve.js'
import type { RootFlags } from '../../../src/instance/root-flags.js'
import { writeRunFile } from '../../../src/instance/run-file.js'
import type { Instance } from '../../../src/instance/types.js'
import { startChild } from '../child.js'
import { bareHost } from '../helper.js'
import { accepts, portOf } from '../sockets.js'

const linux = platform() === 'linux'
/** More than a loaded test machine needs; the hanging programs below cost it in full. */
const probeMs = 1_000
const anyPort = { OPENCLAW_GATEWAY_PORT: '0' }
const at = (home: string, flags: RootFlags = {}) =>
  resolveInstance({ flags, env: { HOME: home }, cwd: home, host: bareHost })

/** Tries to listen on a taken port as the given instance does. */
function tryPort(instance: Instance, port: number) {
  return openListener({
    addresses: [{ host: '127.0.0.1', optional: false }],
    port,
    explain: explainWith(instance, probeMs),
  })
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
