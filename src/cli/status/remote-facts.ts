import { tunnelPlan } from '../../remote/tunnel/plan.js'
import { showSshTarget } from '../../remote/tunnel/target.js'
import type { GatewayView } from '../gateway-view.js'

/** The other machine's gateway, as the config names it. */
export interface RemoteFacts {
  readonly url: string | null
  readonly transport: 'ssh' | 'direct'
  /** Undefined for a tunnel that is kept by hand, and for a direct way. */
  readonly sshTarget: string | undefined
  readonly remotePort: number | undefined
  readonly pinned: boolean
  /** Which secret would be sent; never the secret. */
  readonly credential: string | null
}

/** Undefined in local mode. */
export function remoteFacts({
  config,
  client,
  instance,
}: Pick<GatewayView, 'config' | 'client' | 'instance'>): RemoteFacts | undefined {
  const { mode, remote } = config.gateway ?? {}
  if (mode !== 'remote') return undefined
  const plan = tunnelPlan(config, instance.paths.home)
  return {
    url: client.target.source === 'local' ? null : client.target.display,
    transport: remote?.transport ?? 'ssh',
    sshTarget: plan && showSshTarget(plan.target),
    remotePort: plan?.remotePort,
    pinned: remote?.tlsFingerprint !== undefined,
    credential: client.credential?.from ?? null,
  }
}

/** In one line. */
export function remoteText({ url, transport, sshTarget, remotePort, pinned, credential }: RemoteFacts): string {
  const way = sshTarget === undefined ? transport : `ssh ${sshTarget}, port ${remotePort}`
  return [url ?? '-', way, ...(pinned ? ['pinned'] : []), credential ?? '-'].join(' · ')
}
