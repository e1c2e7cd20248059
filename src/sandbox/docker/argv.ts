import { GatewayError } from '../../kernel/errors.js'
import type { DockerConfig } from '../settings.js'
import type { SandboxSpec } from '../types.js'

export const defaultImage = 'openclaw-sandbox:bookworm-slim'
const defaultPids = 256
const defaultMemory = '1g'
const defaultSwap = '2g'

/** The arguments of `docker create` for a sandbox. Throws `sandbox_refused` for what would let it out. */
export function createArgs(spec: SandboxSpec, { user, envFile }: { user: string; envFile: string }): readonly string[] {
  const { docker } = spec.settings
  refuseEscapes(docker)
  return [
    ...['create', '--name', spec.name, '--hostname', spec.name.slice(0, 63), '--init'],
    ...Object.entries(spec.labels).flatMap(([name, value]) => ['--label', `openclaw.${name}=${value}`]),
    ...['--security-opt', 'no-new-privileges', ...(docker.capDrop ?? ['ALL']).flatMap((cap) => ['--cap-drop', cap])],
    ...option('--security-opt', docker.seccompProfile && `seccomp=${docker.seccompProfile}`),
    ...option('--security-opt', docker.apparmorProfile && `apparmor=${docker.apparmorProfile}`),
    ...(docker.readOnlyRoot === false ? [] : ['--read-only']),
    ...(docker.tmpfs ?? ['/tmp', '/var/tmp', '/run']).flatMap((path) => ['--tmpfs', path]),
    ...['--network', docker.network ?? 'none', '--user', docker.user ?? user],
    ...['--pids-limit', String(docker.pidsLimit ?? defaultPids)],
    ...['--memory', String(docker.memory ?? defaultMemory), '--memory-swap', String(docker.memorySwap ?? defaultSwap)],
    ...option('--cpus', docker.cpus),
    ...option('--gpus', docker.gpus),
    ...Object.entries(docker.ulimits ?? {}).flatMap(([name, value]) => ['--ulimit', `${name}=${ulimit(value)}`]),
    ...(docker.dns ?? []).flatMap((address) => ['--dns', address]),
    ...(docker.extraHosts ?? []).flatMap((host) => ['--add-host', host]),
    ...['--env-file', envFile],
    ...spec.layout.mounts.toReversed().flatMap((mount) => ['--mount', mountOption(mount)]),
    ...['--workdir', spec.layout.workdir, docker.image ?? defaultImage, 'sleep', 'infinity'],
  ]
}

/** What the config check also says; here for configs that came in another way. */
function refuseEscapes({
  image = defaultImage,
  network,
  seccompProfile,
  apparmorProfile,
  dangerouslyAllowContainerNamespaceJoin,
}: DockerConfig) {
  if (!/^[a-z0-9][^\s]*$/i.test(image)) throw refused(`"${image.slice(0, 60)}" is not the name of an image`)
  if (network === 'host') throw refused('network "host" takes the walls away; use "none" or "bridge"')
  if (network?.startsWith('container:') && !dangerouslyAllowContainerNamespaceJoin) {
    throw refused('it would join another container; set dangerouslyAllowContainerNamespaceJoin if that is meant')
  }
  for (const profile of [seccompProfile, apparmorProfile]) {
    if (profile === 'unconfined') throw refused('"unconfined" profiles take the walls away')
  }
}

function mountOption({ at, folder, writable }: SandboxSpec['layout']['mounts'][number]): string {
  // The option is a line of CSV.
  if (/[",\n]/.test(at + folder)) throw refused(`${folder} cannot be mounted: its path holds a comma or a quote`)
  return `type=bind,source=${folder},target=${at}${writable ? '' : ',readonly'}`
}

function ulimit(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { soft, hard } = value as { soft?: unknown; hard?: unknown }
  return [soft ?? hard, hard ?? soft].join(':')
}

function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [name, String(value)]
}

function refused(why: string): GatewayError {
  return new GatewayError('sandbox_refused', { message: `The sandbox is refused: ${why}.` })
}
