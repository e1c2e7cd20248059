import type { GatewayError } from '../../kernel/errors.js'
import type { Instance } from '../types.js'
import { findHolder } from './holder.js'
import { portTaken } from './port-taken.js'

/** Makes the error of a taken port: who has it, and what to do. For the listener's `explain`. */
export function explainWith(instance: Instance): (host: string, port: number) => Promise<GatewayError> {
  return async (host, port) => portTaken(instance, host, port, await findHolder(instance.paths, host, port))
}
