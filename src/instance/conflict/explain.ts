import type { GatewayError } from '../../kernel/errors.js'
import type { Instance } from '../types.js'
import { findHolder } from './holder.js'
import { portTaken } from './port-taken.js'

/**
 * Makes the error of a taken port: who has it, and what to do. For the listener's `explain`. Waits at most `probeMs`
 * for the holder's answer.
 */
export function explainWith(
  instance: Instance,
  probeMs?: number,
): (host: string, port: number) => Promise<GatewayError> {
  return async (host, port) => portTaken(instance, host, port, await findHolder(instance.paths, host, port, probeMs))
}
