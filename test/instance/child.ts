import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import type { Env } from '../../src/instance/types.js'

/** The line that fixtures/gateway.ts says. */
export interface Said {
  readonly port?: number
  readonly pid?: number
  readonly id?: string
  readonly code?: string
  readonly message?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly exit?: number
}

export interface StartedChild {
  readonly said: Said
  readonly child: ChildProcess
  /** Ends it and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>
}

/** Starts fixtures/gateway.ts under a home and waits for its line. It is killed when the test ends. */
export async function startChild(t: Test, home: string, args: readonly string[], env: Env = {}): Promise<StartedChild> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPENCLAW_')))
  const script = join(import.meta.dirname, 'fixtures', 'gateway.ts')
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    env: { ...own, HOME: home, ...env },
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const end = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    await gone
  }
  t.teardown(() => end())
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { said: JSON.parse(String(line)), child, end }
}
