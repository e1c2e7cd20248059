import http, { type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { loadMethods } from '../../routes/ws/_table.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import { type RunningGateway, runGateway } from '../../src/main.js'

/** A real gateway of a profile of this home, on a port of the system's choice; closed with the test. */
export async function startGateway(t: Test, home: string, profile?: string): Promise<RunningGateway> {
  // Compiling them from the sources takes longer than a client waits.
  await loadMethods()
  const env = { HOME: home, OPENCLAW_HOME: home, PATH: '/usr/bin:/bin' }
  const host = { tmpDir: join(home, 'tmp'), inContainer: false }
  const instance = await resolveInstance({ flags: profile ? { profile } : {}, env, cwd: home, host })
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback', allowUnconfigured: true })
  t.teardown(() => gateway.close())
  return gateway
}

/** Something else on a port of this machine. */
export async function startOther(t: Test, handler: RequestListener): Promise<number> {
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A port that nobody has: it was just given back. */
export async function freePort(): Promise<number> {
  const server = http.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
