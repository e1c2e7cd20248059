import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import { build } from '../helper/gateway.js'
import { committedDocument } from './_document.js'

/** Routes that are left out of the document on purpose, and why. */
const hidden: Readonly<Record<string, string>> = {
  'GET /health': 'older spelling of /healthz',
  'GET /livez': 'other spelling of /healthz',
  'GET /startup': 'older spelling of /startupz',
  'GET /ready': 'older spelling of /readyz',
  'GET /api/diagnostics/prometheus': 'older spelling of /metrics',
  'GET /v1/models/*': 'the slash of an agent may come unencoded; a wildcard breaks SDK generators',
  'GET /openapi.json': 'the document itself',
  'GET /openapi.yaml': 'the document itself',
  'POST /hooks/*': 'paths of several parts, which OpenAPI cannot say; /hooks/{name} is documented',
  'POST /rpc/:method': 'each method stands on its own',
  'GET /': 'the WebSocket of the control plane, which OpenAPI cannot describe',
  'GET /docs': 'a page',
  'GET /docs/*': 'a page',
}

t.test('every route is in the document or left out for a reason', async (t) => {
  const routes = await registeredRoutes(t)
  t.ok(routes.length > 10)
  const { paths } = committedDocument()
  const documented = Object.entries(paths)
    .filter(([path]) => !path.startsWith('/rpc/'))
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
  const found = routes.flatMap(({ method, url, schema }) =>
    [method]
      .flat()
      // Fastify adds a HEAD to every GET.
      .filter((one) => one !== 'HEAD')
      .map((one) => ({ name: `${one} ${url}`, hide: schema?.hide === true })),
  )
  for (const { name, hide } of found) {
    if (hidden[name]) t.ok(hide, `${name} is marked with hide`)
    else t.ok(documented.includes(name), `${name} is documented: give it a tag and an operationId, or hide it here`)
  }
  const names = found.map(({ name }) => name)
  t.strictSame(
    [...documented, ...Object.keys(hidden)].filter((name) => !names.includes(name)),
    [],
    'all of them exist',
  )
})

t.test('every route has the policy that the document says', async (t) => {
  const { paths } = committedDocument()
  for (const { method, url, config } of await registeredRoutes(t)) {
    const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[String(method).toLowerCase()]
    if (operation) t.equal(operation.security !== undefined, config?.auth === 'open', `${method} ${url}`)
  }
})

/** Routes of the app as its plugins register them; the app that describes itself is not built. */
async function registeredRoutes(t: Parameters<typeof build>[0]): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => {
      routes.push(route)
    })
  }
  diagnostics.subscribe('fastify.initialization', watch)
  try {
    await build(t)
  } finally {
    diagnostics.unsubscribe('fastify.initialization', watch)
  }
  return routes
}
