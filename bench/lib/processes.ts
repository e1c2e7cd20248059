import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { BenchContext } from './types.js'

const startLimitMs = 20_000

export interface Started {
  readonly port: number
  readonly pid: number
  /** From the spawn to the first 200, milliseconds. */
  readonly readyMs: number
  stop(): Promise<void>
}

/** Starts a script that listens on the port, and waits until `GET /healthz` answers 200. */
export async function startServer(
  args: readonly string[],
  port: number,
  env: Record<string, string>,
): Promise<Started> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  while ((await statusOf(port)) !== 200) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
    if (performance.now() - begun > startLimitMs) throw new Error(`${args.join(' ')} did not start`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return { port, pid: child.pid ?? 0, readyMs: performance.now() - begun, stop: () => end(child) }
}

/** Runs a script to its end; gives its wall time in milliseconds and its exit code. */
export async function timed(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ ms: number; code: number }> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? '', ...env }, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number]
  return { ms: performance.now() - begun, code }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', () => resolve(0))
  })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

export const token = 'bench-token-0123456789abcdef'

/** Writes a profile of its own and gives the environment of its gateway. */
export function profile(context: BenchContext, name: string, port: number, more: object = {}): Record<string, string> {
  const home = join(context.scratch, name)
  mkdirSync(join(home, '.openclaw'), { recursive: true, mode: 0o700 })
  const gateway = {
    mode: 'local',
    port,
    auth: { mode: 'token', token },
    http: { endpoints: { chatCompletions: { enabled: true } } },
  }
  const config = { gateway, logging: { level: 'warn', consoleLevel: 'silent' }, ...more }
  writeFileSync(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  return { HOME: home, TMPDIR: home }
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? Number.NaN) * 1024
}
