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
  { owns, io }: Pick<CommandContext, 'owns' | 'io'>,
  found: FoundGateway,
  config: Config,
  limitMs: number,
): Promise<FoundGateway> {
  if (found.target.source !== 'remote' || !config.gateway?.remote?.sshTarget) return found
  const { throughTunnel } = await import('../client/through-tunnel.js')
  const stop = new AbortController()
  let close = async () => {}
  const release = io.onStop((signal) => {
    stop.abort()
    void close().finally(() => {
      release()
      dieOf(signal)
    })
  })
  owns(async () => {
    stop.abort()
    await close()
    release()
  })
  const passage = await throughTunnel(found, config, { limitMs, signal: stop.signal })
  if (!passage) return found
  close = passage.close
  return passage.found
}

/** Listening took the default away, which is to end; a command that listens itself knows how to. */
function dieOf(signal: string): void {
  const name = signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM'
  if (process.listenerCount(name) === 0) process.kill(process.pid, name)
}
