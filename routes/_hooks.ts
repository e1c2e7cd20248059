import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CHALLENGE, factsOf } from '../plugins/auth/guard.js'
import { jsonParser, jsonType } from '../plugins/body.js'
import { GatewayError } from '../src/kernel/errors.js'
import type { Admitted, HookAnswer, HookCall, OpenedHooks } from '../src/live/hooks/open.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** A call of a hook that was let in. */
    hook?: { readonly opened: OpenedHooks; readonly admitted: Admitted; readonly path: string } | undefined
    /** The bytes of its body: signatures are made of them. */
    rawBody?: Buffer | undefined
  }
}

/** spec/runtime.md section 7. */
const readMs = 30_000

/** What all hooks have in common: who is let in before the body is read, and how it is read. For the scope of `app`. */
export function guardHooks(app: FastifyInstance): void {
  const parse = jsonParser(app)
  app.decorateRequest('hook', undefined)
  app.decorateRequest('rawBody', undefined)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    const type = request.headers['content-type']
    request.rawBody = body
    if (type === undefined || jsonType.test(type)) parse(request, body.toString('utf8'), done)
    else done(new GatewayError('unsupported_media_type'))
  })
  app.addHook('onRequest', admit)
  app.addHook('preParsing', (request, reply, payload, done) => {
    // What never ends is read no further; the connection goes with the answer.
    const limited = new PassThrough()
    const cancel = app.runtime.clock.after(readMs, () => {
      reply.raw.once('finish', () => request.raw.destroy())
      limited.destroy(
        new GatewayError('request_timeout', { message: `The body did not arrive within ${readMs / 1000} s.` }),
      )
    })
    limited.once('close', cancel)
    // A call may be refused before its body is read; what still comes of it is read away, and nobody hears of it.
    limited.on('error', () => {})
    reply.raw.once('finish', () => {
      cancel()
      payload.unpipe(limited)
      payload.resume()
    })
    reply.raw.once('close', cancel)
    payload.once('error', (error) => limited.destroy(error))
    payload.pipe(limited)
    done(null, limited)
  })
}

async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { runtime } = request.server
  if (runtime.config.current.hooks?.enabled !== true) {
    throw new GatewayError('endpoint_disabled', { message: 'Hooks are off. Set hooks.enabled and hooks.token.' })
  }
  if (Object.hasOwn(request.query as object, 'token')) {
    const message = 'A token in the URL ends up in logs. Send it as "Authorization: Bearer <hooks.token>".'
    throw new GatewayError('invalid_request', { message, param: 'token' })
  }
  const opened = await runtime.hooks.open()
  const path = pathOf(request)
  try {
    request.hook = { opened, admitted: opened.admit(factsOf(request), path), path }
  } catch (thrown) {
    throw refused(thrown, reply)
  }
}

/** A 401 says what it wants (RFC 9110 section 11.6.1). */
export function refused(thrown: unknown, reply: FastifyReply): unknown {
  if (thrown instanceof GatewayError && thrown.code === 'invalid_api_key') reply.header('www-authenticate', CHALLENGE)
  return thrown
}

/** What stands behind the prefix of hooks. */
function pathOf({ params, routeOptions }: FastifyRequest): string {
  const { name, '*': rest } = params as { readonly name?: string; readonly '*'?: string }
  return name ?? rest?.replace(/\/+$/, '') ?? routeOptions.url?.split('/').at(-1) ?? ''
}

/** The call behind a request that was let in. */
export function callOf({ hook, rawBody, headers, query }: FastifyRequest): { opened: OpenedHooks; call: HookCall } {
  if (!hook || !rawBody) throw new GatewayError('internal_error')
  const { opened, admitted, path } = hook
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')])
  const key = headers['idempotency-key']
  const call: HookCall = {
    ...{ admitted, path, raw: rawBody, headers: Object.fromEntries(flat), query: query as HookCall['query'] },
    key: typeof key === 'string' ? key : undefined,
  }
  return { opened, call }
}

/** The answer, and whether it was given before. */
export function answered<T>(reply: FastifyReply, { body, replayed }: HookAnswer<T>): T {
  reply.header('cache-control', 'no-store')
  if (replayed) reply.header('idempotent-replayed', 'true')
  return body
}
