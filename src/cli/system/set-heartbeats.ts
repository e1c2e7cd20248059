import type system from '../../../routes/ws/system.js'
import type { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionValues } from '../define.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'

const scopes = ['operator.admin']

/** Turns all heartbeats of a gateway on or off, and prints its word as JSON, as scripts of the official tool expect it. */
export async function setHeartbeats(
  context: CommandContext,
  flags: OptionValues<typeof callOptions>,
  enabled: boolean,
): Promise<number> {
  const result = await withGateway(context, flags, { scopes }, (gateway: GatewayLine<typeof system>) =>
    gateway.call('set-heartbeats', { enabled }),
  )
  context.out.result(result, () => [JSON.stringify(result)])
  return 0
}
