import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../src/kernel/errors.js'

const json = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i

/**
 * Bodies are JSON: `application/json`, any `+json`, or no type at all (curl without a header still means JSON).
 * Everything else is refused rather than guessed at (spec/http.md section 3).
 */
export default fp(
  async (app) => {
    const parse = safeParser(app)
    const read = async ({ headers }: FastifyRequest, body: string) => {
      refuseEncoding(headers['content-encoding'])
      return parse(body)
    }
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(json, { parseAs: 'string' }, read)
    app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
      if (request.headers['content-type'] !== undefined) throw new GatewayError('unsupported_media_type')
      return read(request, body)
    })
  },
  { name: 'body' },
)

function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return
  const message = `Send the body as it is: Content-Encoding "${encoding.slice(0, 40)}" is not supported.`
  throw new GatewayError('unsupported_media_type', { message })
}

/** `JSON.parse` that refuses `__proto__` and the like, in words that do not quote the parser. */
function safeParser(app: FastifyInstance): (text: string) => Promise<unknown> {
  const parser = app.getDefaultJsonParser('error', 'error')
  return (text) =>
    new Promise((resolve, reject) => {
      if (text.trim() === '') return reject(new GatewayError('empty_body'))
      parser({} as never, text, (error, value) => {
        if (error) reject(new GatewayError('invalid_json', { cause: error }))
        else resolve(value)
      })
    })
}
