import { join } from 'node:path'
import autoload from '@fastify/autoload'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import endpoints from '../plugins/app/endpoints.js'
import requestMetrics from '../plugins/app/request-metrics.js'
import runtimePlugin from '../plugins/app/runtime.js'
import schemas from '../plugins/app/schemas.js'
import guard from '../plugins/auth/guard.js'
import none from '../plugins/auth/none.js'
import password from '../plugins/auth/password.js'
import { routePolicy } from '../plugins/auth/policy.js'
import tailscale from '../plugins/auth/tailscale.js'
import token from '../plugins/auth/token.js'
import trustedProxy from '../plugins/auth/trusted-proxy.js'
import body from '../plugins/body.js'
import cors from '../plugins/cors.js'
import errors, { sendError } from '../plugins/errors.js'
import websocket from '../plugins/external/websocket.js'
import idempotency from '../plugins/idempotency.js'
import identity from '../plugins/identity.js'
import notFound from '../plugins/not-found.js'
import requestIds, { requestId } from '../plugins/request-id.js'
import securityHeaders from '../plugins/security-headers.js'
import { schemaController } from '../plugins/validation.js'
import control from '../routes/ws/_control.js'
import type { Instance } from './instance/types.js'
import { codeRoot } from './kernel/code-root.js'
import { GatewayError } from './kernel/errors.js'
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The app that writes the OpenAPI document and serves Swagger UI; built on first use. */
    describingApp(): Promise<FastifyInstance>
  }
}

export interface BuildOptions extends RuntimeOptions {
  /** One that is already open and outlives this app. Absent: the app opens its own and closes it with itself. */
  readonly runtime?: Runtime
}

const routesFolder = join(codeRoot, 'routes')

/**
 * The whole gateway of one instance as a Fastify app that has not listened: `app.inject` works, a listener can be
 * attached, and two of them live in one process without knowing of each other.
 */
export async function buildGateway(instance: Instance, options: BuildOptions = {}): Promise<FastifyInstance> {
  const runtime = options.runtime ?? (await openRuntime(instance, options))
  const app = createApp(runtime)
  let describing: Promise<FastifyInstance> | undefined
  app.decorate('describingApp', () => {
    describing ??= describe(runtime).catch((error: unknown) => {
      // The next caller tries again.
      describing = undefined
      throw error
    })
    return describing
  })
  app.addHook('onClose', async () => {
    await (await describing?.catch(() => undefined))?.close()
  })
  try {
    await registerDoors(app, runtime, { owned: options.runtime === undefined })
    await app.ready()
    return app
  } catch (error) {
    await app.close().catch(() => {})
    throw error
  }
}

/** A second app with the same doors, which collects their schemas while they are registered. */
async function describe(runtime: Runtime): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }, { swaggerOptions, swaggerUiOptions }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
    import('../plugins/external/swagger.js'),
  ])
  const app = createApp(runtime)
  app.decorate('describingApp', async () => app)
  await app.register(swagger, swaggerOptions(runtime.instance.version))
  await registerDoors(app, runtime, { describing: true })
  await app.register(async (scope) => {
    scope.addHook('onRoute', routePolicy({ auth: 'open' }))
    await scope.register(swaggerUi, swaggerUiOptions)
  })
  await app.ready()
  return app
}

function createApp(runtime: Runtime): FastifyInstance {
  return Fastify({
    loggerInstance: runtime.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController,
    // Lines name their request themselves; a logger of its own for each request would cost more than the lines.
    childLoggerFactory: (logger) => logger,
    genReqId: requestId,
    frameworkErrors: refuseUrl,
    requestIdHeader: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    exposeHeadRoutes: true,
    return503OnClosing: false,
    forceCloseConnections: false,
    // A small machine that is busy may take long to read the routes; that is no reason to give up.
    pluginTimeout: 120_000,
  })
}

/** A URL that cannot be decoded reaches no route and no hook. */
function refuseUrl(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // No hook ends it, and of an upgrade nobody else would: its time limits went with it.
  if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.socket.destroy())
  const message = 'The URL is not valid: a "%" in its path does not begin a UTF-8 character. Encode it as %25.'
  reply.header('x-request-id', request.id)
  sendError(request, reply, new GatewayError('invalid_request', { message }))
}

interface DoorOptions {
  /** The runtime is closed with the app. */
  readonly owned?: boolean
  /** The app only describes the doors: its own requests come through another app, which counts them. */
  readonly describing?: boolean
}

/** Everything in order: what all requests meet first stands first. */
async function registerDoors(
  app: FastifyInstance,
  runtime: Runtime,
  { owned = false, describing = false }: DoorOptions,
): Promise<void> {
  await app.register(errors)
  await app.register(body)
  await app.register(runtimePlugin, { runtime, owned })
  await app.register(websocket)
  await app.register(identity)
  await app.register(requestIds)
  if (!describing) await app.register(requestMetrics)
  await app.register(securityHeaders, { strictTransportSecurity: () => runtime.auth().strictTransportSecurity })
  await app.register(cors, { origins: () => runtime.auth().corsOrigins })
  await app.register(guard, { settings: runtime.auth, limiter: runtime.limiter })
  await app.register(none)
  // Before the modes that ask for a secret.
  await app.register(tailscale, { clock: runtime.clock, env: runtime.instance.env })
  await app.register(token)
  await app.register(password)
  await app.register(trustedProxy)
  await app.register(notFound)
  await app.register(endpoints)
  await app.register(schemas)
  await app.register(idempotency)
  await app.register(control)
  await app.register(autoload, {
    dir: routesFolder,
    forceESM: true,
    // The families of control-plane methods are no Fastify plugins; routes/ws/_table.ts reads them.
    ignorePattern: /(^|[\\/])(_|ws([\\/]|$))|\.map$|\.d\.ts$/,
    ...(describing && { ignoreFilter: (path: string) => /docs\.[jt]s$/.test(path) }),
  })
}
