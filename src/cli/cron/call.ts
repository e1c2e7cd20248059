import type cronMethods from '../../../routes/ws/cron.js'
import { refusalReason } from '../../client/call-errors.js'
import { GatewayError } from '../../kernel/errors.js'
import type { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionValues } from '../define.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'

export type CronLine = GatewayLine<typeof cronMethods>

/** Asks the gateway about jobs, with the rights that this needs. A job that is not found may stand in the list. */
export async function withCron<T>(
  context: CommandContext,
  flags: OptionValues<typeof callOptions>,
  rights: 'read' | 'change',
  ask: (gateway: CronLine) => Promise<T>,
): Promise<T> {
  const scope = rights === 'read' ? 'operator.read' : 'operator.admin'
  try {
    return await withGateway(context, flags, { scopes: [scope] }, ask)
  } catch (error) {
    if (!(error instanceof GatewayError) || ![error.code, refusalReason(error)].includes('not_found')) throw error
    const { code, message, details, cause } = error
    throw new GatewayError(code, { message, details: { ...details, next: 'cron list --all' }, cause })
  }
}
