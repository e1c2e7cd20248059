import type { Config } from '../../../schemas/config/index.js'
import { expandHome } from '../../kernel/expand-home.js'
import { parseSshTarget, type SshTarget } from './target.js'

/** A tunnel as the config wants it: a port of this machine that leads to a port of the other one's loopback. */
export interface TunnelPlan {
  readonly target: SshTarget
  /** Private key file; undefined leaves the choice to ssh. */
  readonly identity: string | undefined
  /** strict: the host key must already be known. openssh: as ~/.ssh/config has it. */
  readonly hostKeys: 'strict' | 'openssh'
  readonly localPort: number
  readonly remotePort: number
}

const defaultPort = 18_789

/** The scheme behind the tunnel is that of the gateway there: `wss://127.0.0.1:18789` is TLS inside of ssh. */
const loopbackUrl = /^(?:ws|http)s?:\/\/(?:127(?:\.\d+){3}|localhost|\[::1\])(?::(\d+))?(?:\/|$)/i

/**
 * The tunnel that the config asks for: remote mode, transport ssh, a target, and an address that is the local end of it
 * (or none). Undefined when the remote gateway is reached in another way. Throws `usage` for a target that is none.
 */
export function tunnelPlan(config: Config, home: string): TunnelPlan | undefined {
  const { mode, remote } = config.gateway ?? {}
  if (mode !== 'remote') return undefined
  return planOf(remote, home)
}

/** The same without asking for the mode: for commands that are about the tunnel itself. */
export function planOf(remote: NonNullable<Config['gateway']>['remote'], home: string): TunnelPlan | undefined {
  if (!remote?.sshTarget || remote.transport === 'direct') return undefined
  const local = remote.url === undefined ? undefined : loopbackUrl.exec(remote.url.trim())
  if (remote.url !== undefined && !local) return undefined
  const localPort = local?.[1] === undefined ? defaultPort : Number(local[1])
  return {
    target: parseSshTarget(remote.sshTarget),
    identity: remote.sshIdentity ? expandHome(remote.sshIdentity, home) : undefined,
    hostKeys: remote.sshHostKeyPolicy ?? 'strict',
    localPort,
    remotePort: remote.remotePort ?? localPort,
  }
}

/** The address of the gateway at the local end. */
export function tunnelUrl(config: Config, { localPort }: TunnelPlan): string {
  return config.gateway?.remote?.url ?? `ws://127.0.0.1:${localPort}`
}
