import { join } from 'node:path'
import { freePort, profile, startServer, timed } from '../lib/processes.js'
import { type BenchCase, median } from '../lib/types.js'

/** Wall time of short commands beside `node -e 0`, and of a start that finds its port taken. */
const bench: BenchCase = async (context) => {
  const rounds = context.thorough ? 31 : 11
  const port = await freePort()
  const env = profile(context, 'commands', port)
  const other = profile(context, 'conflict', port)
  const bin = join(context.dist, 'src/bin.js')
  const gateway = await startServer([bin, 'gateway', 'run'], port, env)
  const commands = {
    node: { args: ['-e', '0'], env, code: 0 },
    version: { args: [bin, '--version'], env, code: 0 },
    help: { args: [bin, '--help'], env, code: 0 },
    health: { args: [bin, 'health'], env, code: 0 },
    conflict: { args: [bin, 'gateway', 'run'], env: other, code: 78 },
  }
  const times: Record<keyof typeof commands, number[]> = { node: [], version: [], help: [], health: [], conflict: [] }
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const name of Object.keys(commands) as (keyof typeof commands)[]) {
        const { args, env: own, code } = commands[name]
        const run = await timed(args, own)
        if (run.code !== code) throw new Error(`${name} ended with ${run.code}, not ${code}`)
        times[name].push(run.ms)
      }
    }
  } finally {
    await gateway.stop()
  }
  const baseline = median(times.node)
  const ratio = (what: string, name: keyof typeof commands, atMost: number) => {
    const ours = median(times[name])
    return { what, unit: 'ms', ours, baseline, value: ours / baseline, limit: { atMost } }
  }
  const conflict = median(times.conflict)
  return [
    ratio('openclaw --version', 'version', 2),
    ratio('openclaw --help', 'help', 2),
    ratio('openclaw health', 'health', 5),
    {
      what: 'port conflict reported, beyond node -e 0',
      unit: 'ms',
      ours: conflict,
      baseline,
      value: conflict - baseline,
      limit: { atMost: 100 },
    },
  ]
}

export default bench
