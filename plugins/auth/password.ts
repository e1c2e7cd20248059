import fp from 'fastify-plugin'
import { passwordMethod } from '../../src/auth/modes/password.js'

export default fp(async (app) => app.auth.register('password', passwordMethod), {
  name: 'auth-password',
  dependencies: ['auth-guard'],
})
