// A bare Fastify app: what starting and idling cost without a gateway in it.
import Fastify from 'fastify'

const app = Fastify({ logger: false })
app.get('/healthz', async () => ({ ok: true, status: 'live' }))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
process.once('SIGTERM', () => app.close())
