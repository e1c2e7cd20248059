import { GatewayError } from '../kernel/errors.js'
import type { CommandPlace } from '../tools/_commands.js'

export type Place = 'sandbox' | 'gateway' | 'node'
type Wanted = NonNullable<CommandPlace['host']>

export interface PlaceFacts {
  readonly sandboxed: boolean
  /** `tools.exec.host`. */
  readonly configured: Wanted
  /** What the call asks for. */
  readonly wanted: Wanted
  /** The call asks to leave the sandbox, and may. */
  readonly elevated: boolean
}

/**
 * Where a command runs (spec/runtime.md 4.3). `auto` is the sandbox of a sandboxed session, else the gateway. A call
 * cannot choose its way out of a sandbox, and a sandbox that is not there is not replaced by the host. Throws
 * `exec_denied`.
 */
export function placeOf({ sandboxed, configured, wanted, elevated }: PlaceFacts): Place {
  // Whoever may leave may also stay.
  if (elevated && wanted !== 'sandbox') return 'gateway'
  const chosen = wanted === 'auto' ? configured : wanted
  if (chosen === 'auto') return sandboxed ? 'sandbox' : 'gateway'
  if (chosen === 'sandbox') {
    if (sandboxed) return 'sandbox'
    throw denied('host is "sandbox", and this session has none. Set agents.defaults.sandbox.mode, or another host.')
  }
  if (chosen !== configured && (sandboxed || configured !== 'auto')) {
    const why = sandboxed ? 'This session runs in a sandbox' : `Commands run on "${configured}" (tools.exec.host)`
    throw denied(`${why}; a call cannot choose "${chosen}".`)
  }
  return chosen
}

function denied(message: string): GatewayError {
  return new GatewayError('exec_denied', { message })
}
