import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { identifyOptional } from '../plugins/auth/guard.js'
import { Health, Readiness, Startup } from '../schemas/http/health.js'
import { ref } from '../schemas/http/named.js'

/** How often the event loop is looked at, in milliseconds. */
const resolutionMs = 20
const nanosecondsPerMs = 1e6

/** The probes: open, cheap, never a page. Details go to local or authenticated callers (spec/http.md section 10). */
const route: FastifyPluginAsyncTypebox = async (app) => {
  const { runtime } = app
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  app.addHook('onClose', async () => {
    delay.disable()
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store')
    done()
  })
  const uptimeMs = () => Math.round(runtime.clock.now() - runtime.startedAt)

  for (const [index, url] of ['/healthz', '/health', '/livez'].entries()) {
    app.get(
      url,
      {
        config: { auth: 'open' },
        schema: {
          hide: index > 0,
          operationId: 'getHealth',
          tags: ['Health'],
          summary: 'Is the process alive?',
          response: { 200: { description: 'It is.', content: { 'application/json': { schema: ref(Health) } } } },
        },
      },
      async () => ({ ok: true, status: 'live' as const }),
    )
  }

  for (const [index, url] of ['/startupz', '/startup'].entries()) {
    app.get(
      url,
      {
        config: { auth: 'open' },
        schema: {
          hide: index > 0,
          operationId: 'getStartup',
          tags: ['Health'],
          summary: 'Has it started?',
          response: {
            200: { description: 'It has.', content: { 'application/json': { schema: ref(Startup) } } },
            503: { description: 'Not yet, or no more.', content: { 'application/json': { schema: ref(Startup) } } },
          },
        },
      },
      async (request, reply) => {
        const draining = runtime.stopping.aborted
        if (draining) reply.header('retry-after', '1')
        const details = isInsider(request) ? { version: runtime.instance.version, uptimeMs: uptimeMs() } : {}
        return reply
          .code(draining ? 503 : 200)
          .send({ ok: !draining, status: draining ? ('draining' as const) : ('started' as const), ...details })
      },
    )
  }

  for (const [index, url] of ['/readyz', '/ready'].entries()) {
    app.get(
      url,
      {
        config: { auth: 'open' },
        schema: {
          hide: index > 0,
          operationId: 'getReadiness',
          tags: ['Health'],
          summary: 'Can it take work?',
          response: {
            200: { description: 'It can.', content: { 'application/json': { schema: ref(Readiness) } } },
            503: { description: 'Not now.', content: { 'application/json': { schema: ref(Readiness) } } },
          },
        },
      },
      async (request, reply) => {
        const failing = runtime.stopping.aborted ? ['draining'] : []
        const ready = failing.length === 0
        if (!ready) reply.header('retry-after', '1')
        return reply.code(ready ? 200 : 503).send(isInsider(request) ? { ready, failing, ...details() } : { ready })
      },
    )
  }

  function details() {
    const { refusal } = runtime
    const { valid, issues, pendingRestart } = runtime.config.status
    const refused = refusal === undefined ? [] : [{ path: 'gateway', message: `Not in use: ${refusal}` }]
    const { rss, heapUsed } = process.memoryUsage()
    return {
      uptimeMs: uptimeMs(),
      profile: runtime.instance.profile,
      config: {
        valid: valid && refusal === undefined,
        issues: [...issues.map(({ path, message }) => ({ path, message })), ...refused],
        pendingRestart: [...pendingRestart],
      },
      eventLoop: {
        delayP99Ms: lateness(delay.percentile(99)),
        delayMaxMs: lateness(delay.max),
        utilization: performance.eventLoopUtilization().utilization,
      },
      turns: { active: runtime.agents.active },
      memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    }
  }
}

function isInsider(request: Parameters<typeof identifyOptional>[0]): boolean {
  const { identity, local } = identifyOptional(request)
  return local || identity !== null
}

/** The histogram counts the timer's own interval; what is above it is the loop being late. */
function lateness(nanoseconds: number): number {
  return Math.max(0, Math.round((nanoseconds / nanosecondsPerMs - resolutionMs) * 100) / 100)
}

export default route
