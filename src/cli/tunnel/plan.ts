import { readGatewayConfig } from '../../client/gateway-config.js'
import { configSource } from '../../config/source.js'
import { GatewayError } from '../../kernel/errors.js'
import { planOf, type TunnelPlan } from '../../remote/tunnel/plan.js'
import { parseSshTarget } from '../../remote/tunnel/target.js'
import type { CommandContext } from '../context.js'
import type { OptionDefinitions } from '../define.js'

/** What a command line may say of a tunnel in place of the config. */
export const tunnelOptions = {
  ssh: { kind: 'text', value: 'user@host', text: 'tunnel.option.ssh' },
  sshIdentity: { kind: 'text', value: 'path', text: 'tunnel.option.identity' },
  localPort: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'tunnel.option.localPort' },
  remotePort: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'tunnel.option.remotePort' },
} as const satisfies OptionDefinitions

export interface TunnelFlags {
  readonly ssh?: string | undefined
  readonly sshIdentity?: string | undefined
  readonly localPort?: number | undefined
  readonly remotePort?: number | undefined
}

/**
 * The tunnel of the config, as the flags change it, whatever the mode is. Throws `tunnel_not_configured`, and `usage`
 * for a target that is none.
 */
export async function readTunnelPlan(context: CommandContext, flags: TunnelFlags = {}): Promise<TunnelPlan> {
  const { ssh, sshIdentity, localPort, remotePort } = flags
  const instance = await context.instance()
  const remote = (await readGatewayConfig(configSource(instance))).gateway?.remote ?? {}
  if (ssh !== undefined) parseSshTarget(ssh, '--ssh')
  const plan = planOf(
    {
      ...remote,
      ...(ssh !== undefined && { sshTarget: ssh, transport: 'ssh' }),
      ...(sshIdentity !== undefined && { sshIdentity }),
      ...(localPort !== undefined && { url: `ws://127.0.0.1:${localPort}` }),
      // The configured URL still says which port is meant on the other side.
      ...(remotePort !== undefined && { remotePort }),
    },
    instance.paths.home,
  )
  if (plan) return plan
  const { sshTarget, transport, url } = remote
  const values = { url: url ?? '' }
  const kind = !sshTarget ? undefined : transport === 'direct' ? 'direct' : 'elsewhere'
  throw new GatewayError('tunnel_not_configured', kind ? { details: { kind, values } } : {})
}
