import type { FastifyInstance } from 'fastify'
import type { RequestFacts } from '../../src/auth/verdict.js'
import type { AdmitRequest } from './_handshake.js'

/** What a decision about a `connect` may look at, so that the decision itself has to wait for nothing. */
export function connectFacts(app: FastifyInstance, { params, facts, signal }: AdmitRequest): Promise<RequestFacts> {
  const { role } = (params ?? {}) as { readonly role?: unknown }
  return app.askTailscale({ ...facts, role: role === 'node' ? 'node' : 'operator' }, signal)
}
