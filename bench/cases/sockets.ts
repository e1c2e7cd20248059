import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, profile, residentBytes, startServer, token } from '../lib/processes.js'
import type { BenchCase, BenchContext } from '../lib/types.js'

const warmSockets = 50

/** Idle authenticated sockets: what each costs, and how long an event takes to reach all of them. */
const bench: BenchCase = async (context) => {
  const count = context.thorough ? 10_000 : 5_000
  const port = await freePort()
  const gateway = await startServer(
    [join(context.dist, 'src/bin.js'), 'gateway', 'run'],
    port,
    profile(context, 'sockets', port),
  )
  try {
    // What the first sockets load is not the price of the others.
    await (await holdSockets(context, port, warmSockets)).stop()
    const before = residentBytes(gateway.pid)
    const held = await holdSockets(context, port, count)
    try {
      const each = (residentBytes(gateway.pid) - before) / count
      const broadcastMs = await timeBroadcast(port, held)
      return [
        { what: `idle socket, one of ${count}`, unit: 'bytes', ours: each, value: each, limit: { atMost: 15 * 1024 } },
        {
          what: `an event reaches ${count} sockets`,
          unit: 'ms',
          ours: broadcastMs,
          value: broadcastMs,
          limit: { atMost: 2_000 },
        },
      ]
    } finally {
      await held.stop()
    }
  } finally {
    await gateway.stop()
  }
}

interface Held {
  /** The next line that the clients write. */
  line(): Promise<Record<string, number>>
  stop(): Promise<void>
}

async function holdSockets({ dist }: BenchContext, port: number, count: number): Promise<Held> {
  const script = join(dist, 'bench/clients/sockets.js')
  const child = spawn(process.execPath, [script, String(port), String(count), token], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => {
    const next = await lines.next()
    if (next.done) throw new Error('the clients ended early')
    return JSON.parse(next.value) as Record<string, number>
  }
  await line()
  return { line, stop: () => end(child) }
}

async function timeBroadcast(port: number, held: Held): Promise<number> {
  const begun = Date.now()
  const [answer, { at = Number.NaN }] = await Promise.all([
    fetch(`http://127.0.0.1:${port}/rpc/health`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"probe":true}',
    }),
    held.line(),
  ])
  if (!answer.ok) throw new Error(`health answered ${answer.status}`)
  return at - begun
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

export default bench
