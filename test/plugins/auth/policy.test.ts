import Fastify from 'fastify'
import t from 'tap'
import authGuard from '../../../plugins/auth/guard.js'
import { routePolicy } from '../../../plugins/auth/policy.js'
import modeToken from '../../../plugins/auth/token.js'
import errors from '../../../plugins/errors.js'
import { Limiter } from '../../../src/auth/limiter.js'
import { compileAuthSettings } from '../../../src/auth/settings.js'
import { fakeClock, TOKEN } from '../../auth/_support.js'

t.test("a scope's policy reaches the routes of plugins that know nothing of it", async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  const settings = compileAuthSettings({ mode: 'token', token: TOKEN })
  await app.register(errors)
  await app.register(authGuard, { settings: () => settings, limiter: new Limiter(fakeClock()) })
  await app.register(modeToken)
  await app.register(async (scope) => {
    scope.addHook('onRoute', routePolicy({ auth: 'open' }))
    await scope.register(async (foreign) => {
      foreign.get('/docs', async () => 'page')
      foreign.get('/own', { config: { auth: 'operator' } }, async () => 'mine')
    })
  })
  for (const [method, url, status] of [
    ['GET', '/docs', 200],
    ['HEAD', '/docs', 200],
    ['GET', '/own', 401],
    ['HEAD', '/own', 401],
  ] as const) {
    t.equal((await app.inject({ method, url })).statusCode, status, `${method} ${url}`)
  }
})
