import { join } from 'node:path'
import { suffixed } from '../../instance/profile.js'
import type { Host, Instance, ServiceNames } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { findManager, type Missing } from '../../service/find.js'
import { ownerOf } from '../../service/owner.js'
import type { Run } from '../../service/run.js'
import { definable } from '../../service/spec.js'
import type { ManagerKind, ServiceManager, ServiceSpec } from '../../service/types.js'
import type { TunnelPlan } from './plan.js'
import { sshArguments } from './ssh-args.js'
import { showSshTarget } from './target.js'

/** ssh ends at once when it is told to. */
const stopSeconds = 10

/** Names of the tunnel of a profile; seed 004 has the label of the default one. */
export function tunnelNames(profile: string): ServiceNames {
  const label = suffixed('ai.openclaw.ssh-tunnel', profile)
  return {
    systemd: `${suffixed('openclaw-ssh-tunnel', profile)}.service`,
    launchd: label,
    windows: label,
    description: profile === 'default' ? 'OpenClaw SSH tunnel' : `OpenClaw SSH tunnel (profile: ${profile})`,
  }
}

/** The manager that keeps the tunnel of a profile. Windows has none that is made for it. */
export async function tunnelManager(
  instance: Instance,
  host: Pick<Host, 'platform' | 'osHome' | 'uid'>,
  run: Run,
): Promise<{ readonly manager: ServiceManager | undefined; readonly missing: Missing | undefined }> {
  if (host.platform === 'win32') return { manager: undefined, missing: 'none' }
  return findManager({ ...instance, service: tunnelNames(instance.profile) }, host, run)
}

export interface TunnelSpecInput {
  readonly instance: Instance
  readonly plan: TunnelPlan
  /** Absolute path. */
  readonly ssh: string
  readonly kind: ManagerKind
}

/**
 * The service is ssh itself, without a process of ours: it survives upgrades of Node, costs five megabytes, and
 * the manager starts it again for ever. It holds no secret. Throws `service_failed` for a path that cannot be written.
 */
export function tunnelSpec({ instance, plan, ssh, kind }: TunnelSpecInput): ServiceSpec {
  const { paths, profile } = instance
  if (kind === 'schtasks') throw new GatewayError('service_unavailable', { details: { kind: 'tunnel' } })
  const spec: ServiceSpec = {
    names: tunnelNames(profile),
    owner: ownerOf(profile, paths.config),
    program: ssh,
    args: sshArguments(plan),
    env: {},
    workingDirectory: paths.state,
    outputFile: join(paths.state, 'logs', 'ssh-tunnel.log'),
    envFile: join(paths.state, 'service', 'ssh-tunnel.env'),
    user: undefined,
    stopSeconds,
    madeBy: 'tunnel install',
    keep: 'always',
  }
  return definable(spec, kind)
}

/** What to call it in messages. */
export function tunnelTitle({ target, localPort, remotePort }: TunnelPlan): string {
  return `127.0.0.1:${localPort} -> ${showSshTarget(target)} -> 127.0.0.1:${remotePort}`
}
