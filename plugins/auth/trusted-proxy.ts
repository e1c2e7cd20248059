import fp from 'fastify-plugin'
import { trustedProxyMethod } from '../../src/auth/modes/trusted-proxy.js'

export default fp(async (app) => app.auth.register('trusted-proxy', trustedProxyMethod), {
  name: 'auth-trusted-proxy',
  dependencies: ['auth-guard'],
})
