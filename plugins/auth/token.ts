import fp from 'fastify-plugin'
import { tokenMethod } from '../../src/auth/modes/token.js'

export default fp(async (app) => app.auth.register('token', tokenMethod), {
  name: 'auth-token',
  dependencies: ['auth-guard'],
})
