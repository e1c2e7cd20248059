import { join } from 'node:path'
import { freePort, profile, residentBytes, startServer } from '../lib/processes.js'
import { type BenchCase, median } from '../lib/types.js'

const settleMs = 1_500

/** Start to the first 200 of /healthz, and resident memory once idle, beside a bare Fastify app. */
const bench: BenchCase = async (context) => {
  const rounds = context.thorough ? 11 : 5
  const port = await freePort()
  const env = profile(context, 'start', port)
  const gateway = [join(context.dist, 'src/bin.js'), 'gateway', 'run']
  const bare = [join(context.dist, 'bench/baselines/bare.js'), String(port)]
  const samples = { gateway: [] as number[], bare: [] as number[], gatewayRss: [] as number[], bareRss: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    for (const [args, times, memory] of [
      [gateway, samples.gateway, samples.gatewayRss],
      [bare, samples.bare, samples.bareRss],
    ] as const) {
      const server = await startServer(args, port, env)
      times.push(server.readyMs)
      if (round < 3) {
        await new Promise((resolve) => setTimeout(resolve, settleMs))
        memory.push(residentBytes(server.pid) / 2 ** 20)
      }
      await server.stop()
    }
  }
  const start = { ours: median(samples.gateway), baseline: median(samples.bare) }
  const rss = { ours: median(samples.gatewayRss), baseline: median(samples.bareRss) }
  return [
    {
      what: 'process start to /healthz',
      unit: 'ms',
      ...start,
      value: start.ours / start.baseline,
      limit: { atMost: 2 },
    },
    { what: 'RSS, ready and idle', unit: 'MiB', ...rss, value: rss.ours / rss.baseline, limit: { atMost: 1.6 } },
  ]
}

export default bench
