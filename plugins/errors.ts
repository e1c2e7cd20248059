import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type ErrorCode, GatewayError, toGatewayError } from '../src/kernel/errors.js'

/** How a door spells its errors; a route says so in `config.errors`. */
export type ErrorStyle = 'openai' | 'ok'

declare module 'fastify' {
  interface FastifyContextConfig {
    errors?: ErrorStyle
  }
}

/** Told with a 503 that names no time: a gateway is back soon. */
const restartMs = 1_000

/** Fastify's own failures that a caller causes, as rows of our table. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  // The client went away while its body was read.
  ECONNRESET: 'run_aborted',
}

/** Gives the row of our table for whatever was thrown while a request was handled. */
export function normalise(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? fastifyCodes[String(thrown.code)] : undefined
  if (code) return new GatewayError(code, { cause: thrown })
  return toGatewayError(thrown)
}

/** The body that callers see. The two styles differ only in their frame (DESIGN.md section 6). */
export function errorBody(error: GatewayError, style: ErrorStyle): object {
  const { message, code, param, row } = error
  if (style === 'openai') return { error: { message, type: row.type, param, code } }
  return { ok: false, error: { type: row.type, message, code, ...(error.details ? { details: error.details } : {}) } }
}

/** The log has what callers are not told; the request id is in both. That the gateway stops is no failure of its own. */
export function logFailure({ id: reqId, log }: FastifyRequest, error: GatewayError): void {
  const { code, row, message, details } = error
  if (row.status >= 500 && row.status !== 503) log.error({ reqId, err: error.cause ?? error, code, details }, message)
  else log.debug({ reqId, code, details }, message)
}

/** Answers with an error of our table, its headers included. */
export function sendError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = normalise(thrown)
  const { status } = error.row
  logFailure(request, error)
  const wait = error.retryAfterMs ?? (status === 503 ? restartMs : undefined)
  if (wait !== undefined) reply.header('retry-after', String(Math.ceil(wait / 1000)))
  // The official SDKs repeat 408, 409, 429 and 5xx on their own; a turn that began must not run twice.
  if (error.started) reply.header('x-should-retry', 'false')
  // Fastify cuts the connection after a bad body, and a client that still sends then sees a reset instead of the answer.
  // Node reads the rest away, as long as the listener's request limit allows.
  reply.removeHeader('connection')
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(error, request.routeOptions.config?.errors ?? 'openai')))
}

export default fp(
  async (app) => {
    app.setErrorHandler((error, request, reply) => sendError(request, reply, error))
  },
  { name: 'errors' },
)
