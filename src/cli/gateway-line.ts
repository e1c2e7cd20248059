import { type CallOptions, type Calls, type MethodTypes, type TypedCalls, typed } from '../client/calls.js'
import { dial, type Line } from '../client/dial.js'
import { readCallConfig } from '../client/gateway-config.js'
import type { LoginWishes } from '../client/login.js'
import { type ClientFlags, type FoundGateway, findGateway } from '../client/open.js'
import type { ConnectionListener } from '../client/socket/connection.js'
import type { CommandContext } from './context.js'
import { callPassageMs, withPassage } from './passage.js'

export interface LineWishes extends LoginWishes {
  /** Events; over plain HTTP there are none. */
  readonly listener?: ConnectionListener
  readonly signal?: AbortSignal
}

/** A line to the gateway that a command is about, with the types of the methods that it calls. */
export interface GatewayLine<M extends MethodTypes> extends TypedCalls<M> {
  readonly found: FoundGateway
  readonly hello: Line['hello']
  readonly via: Line['via']
}

/** Finds the gateway that the flags and the config name. Nothing is sent yet. Throws what `findGateway` throws, and `config_invalid`. */
export async function gatewayOf(context: CommandContext, flags: ClientFlags): Promise<FoundGateway> {
  const instance = await context.instance()
  const config = await readCallConfig(instance, flags)
  const found = await findGateway({ instance, config, flags, purpose: 'call' })
  if (found.target.warning) context.out.note(context.t('client.remoteWithoutUrl'))
  return withPassage(context, found, config, flags.timeout ?? callPassageMs)
}

/**
 * Opens a line to the gateway, hands it out, and closes it, whatever comes of it. `--timeout` is for all together: to
 * connect and to get each answer. Throws `gateway_unreachable`, which says why and what to run next.
 */
export async function withGateway<M extends MethodTypes, R>(
  context: CommandContext,
  flags: ClientFlags,
  wishes: LineWishes,
  use: (gateway: GatewayLine<M>) => Promise<R>,
): Promise<R> {
  const found = await gatewayOf(context, flags)
  const line = await dial(found, { ...wishes, connectMs: flags.timeout })
  try {
    const calls = typed<M>(flags.timeout === undefined ? line : limited(line, flags.timeout))
    return await use({ call: calls.call, found, hello: line.hello, via: line.via })
  } finally {
    line.close()
  }
}

/** Every answer comes within this time, unless a call says otherwise. */
function limited(calls: Calls, timeoutMs: number): Calls {
  return { call: (name, params, options?: CallOptions) => calls.call(name, params, { timeoutMs, ...options }) }
}
