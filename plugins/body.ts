import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../src/kernel/errors.js'

/** Types of a body that are JSON. */
export const jsonType = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i

/**
 * Bodies are JSON, those of answers too. A request's is `application/json`, any `+json`, or of no type at all (curl
 * without a header still means JSON). Everything else is refused rather than guessed at (spec/http.md section 3).
 */
export default fp(
  async (app) => {
    const parse = jsonParser(app)
    // Without it Fastify looks for the serialiser of each answer's schema, and all of them are this one.
    app.setReplySerializer((payload) => JSON.stringify(payload))
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(jsonType, { parseAs: 'string' }, parse)
    app.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
      if (request.headers['content-type'] === undefined) parse(request, body, done)
      else done(new GatewayError('unsupported_media_type'))
    })
  },
  { name: 'body' },
)

/** `JSON.parse` that refuses `__proto__` and the like, in words that do not quote the parser. */
export function jsonParser(app: FastifyInstance): CallbackParser {
  // Fastify's type says that it may be asynchronous; this one calls back.
  const parse = app.getDefaultJsonParser('error', 'error') as CallbackParser
  return (request, body, done) => {
    const problem = encodingProblem(request.headers['content-encoding'])
    if (problem) done(problem)
    else if (body.trim() === '') done(new GatewayError('empty_body'))
    else
      parse(request, body, (error, value) => done(error && new GatewayError('invalid_json', { cause: error }), value))
  }
}

type Done = (error: Error | null, body?: unknown) => void
type CallbackParser = (request: FastifyRequest, body: string, done: Done) => void

function encodingProblem(encoding: string | undefined): GatewayError | undefined {
  if (encoding === undefined || encoding === 'identity') return undefined
  const message = `Send the body as it is: Content-Encoding "${encoding.slice(0, 40)}" is not supported.`
  return new GatewayError('unsupported_media_type', { message })
}
