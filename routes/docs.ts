import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CHALLENGE, identifyOptional } from '../plugins/auth/guard.js'
import { GatewayError } from '../src/kernel/errors.js'

/**
 * The OpenAPI document and Swagger UI. Both are made by a second app that is built when somebody first asks, so that
 * nobody else pays for them. Open to programs and browsers on this machine, for others behind the credential.
 */
const route: FastifyPluginAsyncTypebox = async (app) => {
  const schema = { hide: true }
  const config = { auth: 'open' } as const
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const { identity, local } = identifyOptional(request)
    if (local || identity !== null) return
    reply.header('www-authenticate', CHALLENGE)
    throw new GatewayError('invalid_api_key')
  }
  app.get('/openapi.json', { config, schema, onRequest }, async (_request, reply) => {
    const describing = await app.describingApp()
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(describing.swagger()))
  })
  app.get('/openapi.yaml', { config, schema, onRequest }, async (_request, reply) => {
    const describing = await app.describingApp()
    return reply.type('application/yaml; charset=utf-8').send(describing.swagger({ yaml: true }))
  })
  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const describing = await app.describingApp()
    reply.hijack()
    describing.routing(request.raw, reply.raw)
  }
  app.get('/docs', { config, schema, onRequest }, page)
  app.get('/docs/*', { config, schema, onRequest }, page)
}

export default route
