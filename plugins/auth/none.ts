import fp from 'fastify-plugin'
import { noneMethod } from '../../src/auth/modes/none.js'

export default fp(async (app) => app.auth.register('none', noneMethod), {
  name: 'auth-none',
  dependencies: ['auth-guard'],
})
