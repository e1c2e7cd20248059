import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'
import { randomId } from '../src/kernel/random-id.js'

const acceptable = /^[\w.:-]{1,64}$/

/** The caller's own `x-request-id` when it is harmless in a log line, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && acceptable.test(given) ? given : `req_${randomId()}`
}

/** Answers every request with its id; the official SDKs show it in their errors (spec/http.md section 1). */
export default fp(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done()
    })
  },
  { name: 'request-id' },
)
