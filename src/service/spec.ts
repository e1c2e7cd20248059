import { dirname, join, posix } from 'node:path'
import { canonicalState } from '../instance/profile.js'
import type { Host, Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { stopLimitMs } from '../kernel/stop-times.js'
import type { Launcher } from './launcher.js'
import { ownerOf } from './owner.js'
import type { ManagerKind, ServiceSpec } from './types.js'

export interface SpecInput {
  readonly instance: Instance
  readonly host: Pick<Host, 'osHome'>
  readonly launcher: Launcher
  readonly kind: ManagerKind
  readonly allowUnconfigured?: boolean
}

/** A line break would end a line of a unit and begin another one. */
const controlCharacter = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u

/** On top of the gateway's own limit, so that the manager never comes first. */
const stopSlackSeconds = 5

/** Variables that say where things are. Others, and every secret, stay out: the gateway reads `.env` files itself. */
const carried = [
  'OPENCLAW_WORKSPACE_DIR',
  'OPENCLAW_INCLUDE_ROOTS',
  'OPENCLAW_CONFIG_READONLY',
  'OPENCLAW_NIX_MODE',
  'OPENCLAW_ALLOW_MULTI_GATEWAY',
  'OPENCLAW_SYSTEMD_UNIT',
  'OPENCLAW_LAUNCHD_LABEL',
  'OPENCLAW_WINDOWS_TASK_NAME',
] as const

/** Names of the variables that a service gets; what else a shell has set, the service does not see. */
export const serviceVariables: readonly string[] = [
  'OPENCLAW_PROFILE',
  'OPENCLAW_HOME',
  'OPENCLAW_STATE_DIR',
  'OPENCLAW_CONFIG_PATH',
  ...carried,
]

/**
 * What the service of an instance is: started with its environment, `resolveInstance` gives the same instance again.
 * Throws `service_failed` for a path that no definition can hold.
 */
export function serviceSpec({ instance, host, launcher, kind, allowUnconfigured }: SpecInput): ServiceSpec {
  const { paths, profile } = instance
  const supervised = ['gateway', 'run', '--supervised', kind, ...(allowUnconfigured ? ['--allow-unconfigured'] : [])]
  const folder = join(paths.state, 'service')
  const spec: ServiceSpec = {
    names: instance.service,
    owner: ownerOf(profile, paths.config),
    program: launcher.node,
    args: [launcher.entry, '--profile', profile, ...supervised],
    env: variables(instance, host, launcher, kind),
    workingDirectory: paths.state,
    outputFile: outputFile(instance),
    envFile: join(folder, 'gateway.env'),
    user: userOf(instance),
    stopSeconds: Math.ceil(stopLimitMs / 1000) + stopSlackSeconds,
    madeBy: 'gateway install',
    keep: 'gateway',
  }
  return definable(spec, kind)
}

/** The same spec, when a definition can hold it. Throws `service_failed`. */
export function definable(spec: ServiceSpec, kind: ManagerKind): ServiceSpec {
  const texts = [spec.program, ...spec.args, ...Object.values(spec.env), spec.workingDirectory, spec.outputFile]
  for (const text of texts) refuse(text, controlCharacter)
  if (kind === 'systemd') {
    // A unit has no quotes for this one: a backslash at the end would join the next line, a space would be lost.
    refuse(spec.workingDirectory, /\\$|^\s|\s$/)
    // systemd takes no program with a quote or a backslash in its path, however it is written.
    refuse(spec.program, /["'\\]/)
  }
  return spec
}

/** What a service or a detached gateway prints where no journal takes it: refusals. Once it runs, it has its log. */
export function outputFile({ paths }: Pick<Instance, 'paths'>): string {
  return join(paths.state, 'logs', 'gateway-output.log')
}

function variables(
  { paths, profile, env }: Instance,
  { osHome }: Pick<Host, 'osHome'>,
  { node }: Launcher,
  kind: ManagerKind,
): Record<string, string> {
  const own: Record<string, string> = { OPENCLAW_CONFIG_PATH: paths.config }
  if (env.OPENCLAW_HOME) own.OPENCLAW_HOME = paths.home
  else if (paths.home !== osHome && kind !== 'schtasks') own.HOME = paths.home
  if (paths.state !== canonicalState(paths.home, profile)) own.OPENCLAW_STATE_DIR = paths.state
  if (env.OPENCLAW_WORKSPACE_DIR) own.OPENCLAW_WORKSPACE_DIR = paths.workspace
  for (const name of carried) {
    const value = env[name]
    if (value) own[name] ??= value
  }
  // Windows gives a task the environment of its user.
  if (kind !== 'schtasks') own.PATH = searchPath(paths.home, node, kind)
  return own
}

/** Short and the same tomorrow: a shell's own PATH names folders of tools that come and go. */
function searchPath(home: string, node: string, kind: ManagerKind): string {
  const brew = kind === 'launchd' ? ['/opt/homebrew/bin', '/opt/homebrew/sbin'] : []
  const system = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']
  const folders = [posix.join(home, '.local', 'bin'), ...brew, ...system]
  const own = dirname(node)
  // A folder with a colon in its name cannot be in a PATH.
  return [...new Set([own, ...folders])].filter((folder) => !folder.includes(':')).join(':')
}

function userOf({ env }: Instance): string | undefined {
  const { USERDOMAIN, USERNAME } = env
  if (!USERNAME) return undefined
  return USERDOMAIN ? `${USERDOMAIN}\\${USERNAME}` : USERNAME
}

function refuse(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) return
  const why = 'it has a character that a service definition cannot hold'
  throw new GatewayError('service_failed', {
    message: `A service cannot be made for ${JSON.stringify(text)}: ${why}. Use another path.`,
  })
}
