// The least that can stand between a client and a model: Fastify takes the request, undici passes it on.
import Fastify from 'fastify'
import { Pool } from 'undici'

const [, , port, upstream = ''] = process.argv
const { origin, pathname } = new URL(upstream)
const pool = new Pool(origin, { connections: 128 })
const app = Fastify({ logger: false })
app.get('/healthz', async () => ({ ok: true, status: 'live' }))
app.post('/v1/chat/completions', async (request, reply) => {
  const response = await pool.request({
    path: `${pathname}/chat/completions`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  })
  reply.code(response.statusCode).type(String(response.headers['content-type']))
  return reply.send(response.body)
})
await app.listen({ host: '127.0.0.1', port: Number(port) })
process.once('SIGTERM', () => app.close())
