import { join } from 'node:path'
import { freePort, profile, startServer, timed } from '../lib/processes.js'
import { type BenchCase, type Figure, median } from '../lib/types.js'

/** A command that talks to a gateway answers within this, whether one is there or not (issue 5). */
const limitMs = 2_000
/** What looks at all of a profile names what is wrong within this. */
const deepMs = 3_000
const deep = new Set(['gateway status --deep', 'doctor'])

/** Wall time of the commands that an operator runs, with the gateway up and down, beside `node -e 0`. */
const bench: BenchCase = async (context) => {
  const rounds = context.thorough ? 15 : 5
  const port = await freePort()
  const env = profile(context, 'operator', port)
  const bin = join(context.dist, 'src/bin.js')
  const commands: readonly (readonly [name: string, args: readonly string[], up: number, down: number])[] = [
    ['config get', ['config', 'get', 'gateway.port'], 0, 0],
    ['health', ['health'], 0, 1],
    ['status', ['status'], 0, 1],
    ['gateway status --deep', ['gateway', 'status', '--deep'], 0, 1],
    ['doctor', ['doctor'], 0, 0],
  ]
  const measure = async (state: 'up' | 'down'): Promise<Figure[]> => {
    const times = new Map<string, number[]>()
    for (let round = 0; round < rounds; round += 1) {
      times.set('node', [...(times.get('node') ?? []), (await timed(['-e', '0'], env)).ms])
      for (const [name, args, up, down] of commands) {
        const run = await timed([bin, ...args], env)
        const code = state === 'up' ? up : down
        if (run.code !== code) throw new Error(`${name} (${state}) ended with ${run.code}, not ${code}`)
        times.set(name, [...(times.get(name) ?? []), run.ms])
      }
    }
    const baseline = median(times.get('node') ?? [])
    return commands.map(([name]) => {
      const ours = median(times.get(name) ?? [])
      return {
        what: `openclaw ${name}, gateway ${state}`,
        unit: 'ms',
        ours,
        baseline,
        value: ours,
        limit: { atMost: deep.has(name) ? deepMs : limitMs },
      }
    })
  }
  const gateway = await startServer([bin, 'gateway', 'run'], port, env)
  const up = await measure('up').finally(() => gateway.stop())
  return [...up, ...(await measure('down'))]
}

export default bench
