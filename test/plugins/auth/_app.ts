import { connect } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import authGuard, { identifyOptional } from '../../../plugins/auth/guard.js'
import modeNone from '../../../plugins/auth/none.js'
import modePassword from '../../../plugins/auth/password.js'
import modeToken from '../../../plugins/auth/token.js'
import modeTrustedProxy from '../../../plugins/auth/trusted-proxy.js'
import body from '../../../plugins/body.js'
import cors from '../../../plugins/cors.js'
import errors from '../../../plugins/errors.js'
import notFound from '../../../plugins/not-found.js'
import securityHeaders from '../../../plugins/security-headers.js'
import { Limiter } from '../../../src/auth/limiter.js'
import { type AuthInput, type AuthSettings, compileAuthSettings } from '../../../src/auth/settings.js'
import { fakeClock } from '../../auth/_support.js'

export interface TestApp {
  readonly app: FastifyInstance
  readonly limiter: Limiter
  readonly clock: ReturnType<typeof fakeClock>
  /** Replaces the settings, as a config reload does. */
  use(input: AuthInput): void
  /** Bodies that a handler or parser has seen. */
  readonly seen: unknown[]
}

/** A Fastify app with the real plugins in the order of the gateway, and a few doors. */
export async function buildApp(t: Test, input: AuthInput): Promise<TestApp> {
  let settings: AuthSettings = compileAuthSettings(input)
  const clock = fakeClock()
  const limiter = new Limiter(clock)
  const seen: unknown[] = []
  const app = Fastify()
  t.after(() => app.close())
  await app.register(securityHeaders, { strictTransportSecurity: () => settings.strictTransportSecurity })
  await app.register(cors, { origins: () => settings.corsOrigins })
  await app.register(errors)
  await app.register(body)
  await app.register(authGuard, { settings: () => settings, limiter })
  for (const mode of [modeNone, modePassword, modeToken, modeTrustedProxy]) await app.register(mode)
  await app.register(notFound)

  const whoAmI = { config: { auth: 'operator', scope: 'operator.read' } } as const
  app.get('/me', whoAmI, async ({ identity }) => identity)
  app.get('/probe', { config: { auth: 'open' } }, async (request) => {
    const { identity, local } = identifyOptional(request)
    return { identity, local }
  })
  app.post('/write', { config: { auth: 'operator', scope: 'operator.write' } }, async (request) => {
    seen.push(request.body)
    return { done: true }
  })
  app.get('/pairing', { config: { auth: 'operator', scope: 'operator.pairing' } }, async () => ({ done: true }))
  return {
    app,
    limiter,
    clock,
    seen,
    use: (next) => {
      settings = compileAuthSettings(next)
    },
  }
}

export interface RawAnswer {
  /** Of the first answer; 0 when the server closed the connection without one. */
  readonly status: number
  /** Of every answer: a smuggled request would show here. */
  readonly statuses: readonly number[]
  readonly body: string
}

const LONGEST_WAIT_MS = 5_000

/** Sends exactly these bytes (latin1) from this address of the loopback net; gives the first answer. */
export function sendRaw(port: number, bytes: string, localAddress = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    const chunks: Buffer[] = []
    socket.setTimeout(LONGEST_WAIT_MS, () => socket.destroy(new Error('no answer in time')))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish() : reject(error)))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', finish)
    socket.write(Buffer.from(bytes, 'latin1'))
    function finish() {
      const text = Buffer.concat(chunks).toString('latin1')
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
      resolve({ status: statuses[0] ?? 0, statuses, body: text.split('\r\n\r\n')[1] ?? '' })
    }
  })
}

/** `GET /me` with these header lines, which may be as malformed as one likes. The connection is closed after it. */
export function get(port: number, lines: readonly string[], localAddress?: string): Promise<RawAnswer> {
  const head = ['GET /me HTTP/1.1', 'Connection: close', ...lines].join('\r\n')
  return sendRaw(port, `${head}\r\n\r\n`, localAddress)
}

/** Listens on a free port and gives it. */
export async function listen(app: FastifyInstance, host = '127.0.0.1'): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host })).port)
}
