import type { Env } from './types.js'

export interface ContainerProbe {
  readonly env: Env
  readonly exists: (path: string) => boolean
  /** Content of a file, empty when it cannot be read. */
  readonly read: (path: string) => string
}

const runtimes = /(^|[/:.-])(docker|containerd|kubepods|libpod|podman|crio|lxc|garden|buildkit)([/:.-]|$)/m

/** True when this process runs inside a container: the default bind mode is then `auto` (spec/cli.md 0.3). */
export function inContainer({ env, exists, read }: ContainerProbe): boolean {
  if (exists('/.dockerenv') || exists('/run/.containerenv')) return true
  // systemd-nspawn and podman set `container`; every Kubernetes pod has the service variables.
  if (env.container || env.KUBERNETES_SERVICE_HOST) return true
  return runtimes.test(read('/proc/1/cgroup'))
}
