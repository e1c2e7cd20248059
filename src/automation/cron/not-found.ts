import { GatewayError } from '../../kernel/errors.js'

/** There is no such job, or none of the caller's. */
export const jobNotFound = (id: string) =>
  new GatewayError('not_found', { message: `Automation not found: ${id.slice(0, 100)}` })
