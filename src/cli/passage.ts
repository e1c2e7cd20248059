import type { Config } from '../../schemas/config/index.js'
import type { FoundGateway } from '../client/open.js'
import type { CommandContext } from './context.js'

/** How long ssh may take for a command that calls something, in milliseconds; a look at a gateway has less. */
export const callPassageMs = 10_000

/**
 * The same gateway, reached through ssh where the config wants it so; the tunnel ends with the command, also when that
 * is ended by a signal. Everything else is given back as it is. Throws what `throughTunnel` throws.
 */
export async function withPassage(
  { owns }: Pick<CommandContext, 'owns'>,
  found: FoundGateway,
  config: Config,
  limitMs: number,
): Promise<FoundGateway> {
  if (found.target.source !== 'remote' || !config.gateway?.remote?.sshTarget) return found
  const { ownedTunnel } = await import('../client/through-tunnel.js')
  return ownedTunnel(found, config, { limitMs, owns })
}
