import { join } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import { stopLimitMs } from '../../kernel/stop-times.js'
import { readDefinition } from '../definition-file.js'
import { mustRun, type Run } from '../run.js'
import type { ServiceManager, ServiceState } from '../types.js'
import { renderUnit } from './unit.js'

export interface SystemdInput {
  readonly run: Run
  /** Unit file name, with `.service`. */
  readonly unit: string
  /** Where the user's manager looks for config: `~/.config`. */
  readonly configHome: string
  readonly uid: number | undefined
}

/** `systemctl stop` waits for the end; this is more than the unit's own limit. */
const stopCommandMs = stopLimitMs + 20_000
const properties = ['LoadState', 'ActiveState', 'UnitFileState', 'MainPID', 'ExecMainStatus'] as const

/** Units of the user's own systemd (systemctl(1)). */
export function systemdManager({ run, unit, configHome, uid }: SystemdInput): ServiceManager {
  const file = join(configHome, 'systemd', 'user', unit)
  const must = (args: readonly string[], limitMs?: number) => mustRun(run, 'systemctl', ['--user', ...args], limitMs)
  return {
    kind: 'systemd',
    title: 'systemd service',
    name: unit,
    logs: () => `journalctl --user -u ${unit} -n 50`,
    paths: [file],
    files: (spec) => {
      if (!/^[A-Za-z0-9:_.@-]+\.service$/.test(unit)) {
        throw new GatewayError('service_failed', {
          message: `"${unit}" cannot be the name of a unit. Set OPENCLAW_SYSTEMD_UNIT to letters, digits and any of : _ . -`,
        })
      }
      return [{ path: file, text: renderUnit(spec) }]
    },
    installed: () => readDefinition(file),
    async state() {
      const { code, stdout } = await run('systemctl', ['--user', 'show', unit, `--property=${properties.join(',')}`])
      return code === 0 ? readState(stdout) : unknownState
    },
    async register() {
      await must(['daemon-reload'])
      await must(['enable', unit])
    },
    async unregister() {
      await must(['disable', '--now', unit], stopCommandMs)
    },
    async forgotten() {
      await must(['daemon-reload'])
      // Fails when it never failed, which is fine.
      await run('systemctl', ['--user', 'reset-failed', unit])
    },
    async start() {
      // What failed too often may be started by hand all the same.
      await run('systemctl', ['--user', 'reset-failed', unit])
      await must(['start', unit])
    },
    async stop() {
      await must(['stop', unit], stopCommandMs)
    },
    async restart() {
      await run('systemctl', ['--user', 'reset-failed', unit])
      await must(['restart', unit], stopCommandMs)
    },
    async endsWithSession() {
      if (uid === undefined) return undefined
      const { code, stdout } = await run('loginctl', ['show-user', String(uid), '--property=Linger', '--value'])
      return code === 0 ? stdout.trim() === 'no' : undefined
    },
  }
}

const unknownState: ServiceState = {
  loaded: false,
  enabled: undefined,
  active: 'unknown',
  pid: undefined,
  lastExit: undefined,
}

/** The output of `systemctl show`: one `Name=value` a line. */
export function readState(text: string): ServiceState {
  const values = new Map(
    text.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  )
  const number = (name: string) => {
    const value = values.get(name)?.trim()
    return value && /^\d+$/.test(value) ? Number(value) : undefined
  }
  const state = values.get('UnitFileState')?.trim()
  return {
    loaded: values.get('LoadState')?.trim() === 'loaded',
    enabled: state === undefined || state === '' ? undefined : state.startsWith('enabled'),
    active: activeOf(values.get('ActiveState')?.trim()),
    pid: number('MainPID') || undefined,
    lastExit: number('ExecMainStatus'),
  }
}

function activeOf(state: string | undefined): ServiceState['active'] {
  if (state === 'active' || state === 'reloading' || state === 'deactivating') return 'running'
  if (state === 'activating') return 'starting'
  if (state === 'failed') return 'failed'
  return state === 'inactive' ? 'stopped' : 'unknown'
}
