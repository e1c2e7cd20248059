import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { jsonLines } from '../helper/json-lines.js'
import { type Ran, spawnBin } from './harness.js'

/**
 * The service commands with a stand-in for systemctl (test/helper/systemctl.mjs): what is called, what is written, and
 * real gateways that the unit's own command line starts. Whether systemd takes the units is test/service/systemd.
 */
export const token = 'test-token-0123456789'
const unitName = (profile: string) => `openclaw-gateway-${profile}.service`

export interface Bench {
  readonly home: string
  run(...argv: string[]): Promise<Ran>
  json(...argv: string[]): Promise<Record<string, unknown>>
  unit(profile: string): string
  /** Verbs that systemctl was called with since the last look, without those that only ask. */
  verbs(): string[]
  config(profile: string, content: object): void
  withoutSession(): void
}

export function bench(t: Test, env: Record<string, string> = {}): Bench {
  const home = testFolder(t)
  const [bin, standin] = [join(home, 'bin'), join(home, 'standin')]
  for (const folder of [bin, standin]) mkdirSync(folder)
  const program = join(import.meta.dirname, '..', 'helper', 'systemctl.mjs')
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  script('systemctl', `STANDIN_DIR='${standin}' exec "${process.execPath}" "${program}" "$@"`)
  script('loginctl', 'echo no')
  const all = { PATH: `${bin}:/usr/bin:/bin`, XDG_CONFIG_HOME: join(home, 'config'), ...env }
  const run = async (...argv: string[]) => spawnBin(t, home, argv, all).done
  // Whatever a test leaves running ends with it.
  t.teardown(async () => {
    for (const name of readdirSync(standin).filter((one) => one.endsWith('.pid'))) await end(join(standin, name))
  })
  let seen = 0
  return {
    home,
    run,
    json: async (...argv) => JSON.parse((await run(...argv, '--json')).stdout),
    unit: (profile) => join(home, 'config', 'systemd', 'user', unitName(profile)),
    verbs() {
      const calls = jsonLines<string[]>(join(standin, 'calls')).slice(seen)
      seen += calls.length
      const verbs = calls.map(([, verb]) => verb ?? '')
      return verbs.filter((verb) => verb !== 'show' && verb !== 'reset-failed')
    },
    config(profile, content) {
      const folder = join(home, `.openclaw-${profile}`)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(join(folder, 'openclaw.json'), JSON.stringify(content), { mode: 0o600 })
    },
    withoutSession: () => writeFileSync(join(standin, 'no-session'), ''),
  }
}

/** The stand-in writes down how the program ended; until then the folder is in use. */
async function end(pidFile: string): Promise<void> {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  } catch {
    // It has ended already.
    return
  }
  await until(() => existsSync(pidFile.replace(/pid$/, 'exit')))
}

export const config = (port: number, more: object = {}) => ({
  gateway: { mode: 'local', bind: 'loopback', port, auth: { token }, ...more },
})
