import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host, Instance } from '../instance/types.js'
import { launchdManager } from './launchd/manager.js'
import type { Run } from './run.js'
import { schtasksManager } from './schtasks/manager.js'
import { systemdManager } from './systemd/manager.js'
import type { ServiceManager } from './types.js'

/** Why no service manager can be used. */
export type Missing =
  /** This system has none that is known here. */
  | 'none'
  /** It is there, but this shell has no session with it: `su`, `sudo`, cron, a container. */
  | 'no_session'

export interface FoundManager {
  /** The one of this kind of system; undefined where there is none. Use it only when `missing` is not set. */
  readonly manager: ServiceManager | undefined
  readonly missing: Missing | undefined
}

const pauseMs = 100
const pause = () => sleep(pauseMs)

/** Finds the service manager of this system and asks whether it answers. Never rejects. */
export async function findManager(
  instance: Instance,
  host: Pick<Host, 'platform' | 'osHome' | 'uid'>,
  run: Run,
): Promise<FoundManager> {
  const { service, paths, env } = instance
  const home = host.osHome ?? paths.home
  if (host.platform === 'linux') {
    const configHome = env.XDG_CONFIG_HOME || join(home, '.config')
    const manager = systemdManager({ run, unit: service.systemd, configHome, uid: host.uid })
    return { manager, missing: await missingOf(run('systemctl', ['--user', 'show', '--property=Version'])) }
  }
  if (host.platform === 'darwin' && host.uid !== undefined) {
    const manager = launchdManager({ run, label: service.launchd, home, uid: host.uid, pause })
    return { manager, missing: await missingOf(run('launchctl', ['print', `gui/${host.uid}`])) }
  }
  if (host.platform === 'win32') {
    const manager = schtasksManager({ run, name: service.windows, folder: join(paths.state, 'service'), pause })
    return { manager, missing: await missingOf(run('schtasks', ['/Query', '/?'])) }
  }
  return { manager: undefined, missing: 'none' }
}

async function missingOf(asked: ReturnType<Run>): Promise<Missing | undefined> {
  const { code, missing } = await asked
  if (code === 0) return undefined
  return missing ? 'none' : 'no_session'
}
