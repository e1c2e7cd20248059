import { join } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import { stopLimitMs } from '../../kernel/stop-times.js'
import { readDefinition } from '../definition-file.js'
import { mustRun, type Run } from '../run.js'
import type { ServiceManager, ServiceState } from '../types.js'
import { renderPlist } from './plist.js'

export interface LaunchdInput {
  readonly run: Run
  readonly label: string
  /** The user's real home: launchd looks nowhere else. */
  readonly home: string
  readonly uid: number
  /** Waits between two looks. */
  readonly pause: () => Promise<void>
}

const stopCommandMs = stopLimitMs + 20_000
/** `bootout` may return before the job is gone, and a `bootstrap` that follows then fails. */
const maxLooks = 100

/** Agents of the user's graphical session (launchctl(1)). */
export function launchdManager({ run, label, home, uid, pause }: LaunchdInput): ServiceManager {
  const file = join(home, 'Library', 'LaunchAgents', `${label}.plist`)
  const domain = `gui/${uid}`
  const target = `${domain}/${label}`
  const must = (args: readonly string[], limitMs?: number) => mustRun(run, 'launchctl', args, limitMs)
  const isLoaded = async () => (await run('launchctl', ['print', target])).code === 0
  const unload = async () => {
    if (!(await isLoaded())) return
    await must(['bootout', target], stopCommandMs)
    for (let look = 0; await isLoaded(); look++) {
      if (look >= maxLooks) throw new GatewayError('service_failed', { message: `launchd still has ${label}.` })
      await pause()
    }
  }
  return {
    kind: 'launchd',
    title: 'LaunchAgent',
    name: label,
    logs: (outputFile) => `tail -n 50 ${JSON.stringify(outputFile)}`,
    paths: [file],
    files: (spec) => [{ path: file, text: renderPlist(spec) }],
    installed: () => readDefinition(file),
    async state() {
      const { code, stdout } = await run('launchctl', ['print', target])
      return code === 0 ? readState(stdout) : { ...notLoaded }
    },
    async register() {
      // What is loaded stays as it was read; a new definition needs a new load.
      await unload()
      await must(['enable', target])
    },
    unregister: unload,
    forgotten: async () => {},
    async start() {
      if (await isLoaded()) await must(['kickstart', target])
      else await must(['bootstrap', domain, file])
    },
    stop: unload,
    async restart() {
      await unload()
      await must(['bootstrap', domain, file])
    },
    endsWithSession: async () => true,
  }
}

const notLoaded: ServiceState = {
  loaded: false,
  enabled: undefined,
  active: 'stopped',
  pid: undefined,
  lastExit: undefined,
}

/** `launchctl print` is for people; these three lines have been in it since it exists. */
export function readState(text: string): ServiceState {
  const value = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(text)?.[1]?.trim()
  const number = (name: string) => {
    const found = /^\d+/.exec(value(name) ?? '')?.[0]
    return found === undefined ? undefined : Number(found)
  }
  const state = value('state')
  const active = state === 'running' ? 'running' : state?.startsWith('spawn') ? 'starting' : 'stopped'
  return { loaded: true, enabled: true, active, pid: number('pid'), lastExit: number('last exit code') }
}
