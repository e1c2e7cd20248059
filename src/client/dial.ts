import type { HelloOk } from '../../schemas/ws/connect.js'
import { GatewayError } from '../kernel/errors.js'
import type { Calls } from './calls.js'
import { type ConnectWishes, connectGateway } from './connect.js'
import { HttpCalls } from './http-calls.js'
import type { FoundGateway } from './open.js'

/** A way to a gateway that is open; close it. */
export interface Line extends Calls {
  readonly via: 'websocket' | 'http'
  /** What the gateway said of itself; over HTTP it says nothing. */
  readonly hello: HelloOk | undefined
  close(): void
}

/**
 * Opens a line for a few calls: a WebSocket, or plain HTTP where something in between does not upgrade. Events come over
 * the WebSocket alone. Throws `gateway_unreachable`.
 */
export async function dial(found: FoundGateway, wishes: ConnectWishes): Promise<Line> {
  try {
    const connection = await connectGateway(found, wishes)
    return {
      via: 'websocket',
      hello: connection.hello,
      call: (name, params, options) => connection.call(name, params, options),
      close: () => connection.close(),
    }
  } catch (error) {
    if (!isNoWebSocket(error)) throw error
    const { target, pin, headers, credential } = found
    const http = new HttpCalls({ base: target.base, display: target.display, pin, headers }, credential?.value)
    return {
      via: 'http',
      hello: undefined,
      call: (name, params, options) => http.call(name, params, options),
      close: () => {},
    }
  }
}

function isNoWebSocket(error: unknown): boolean {
  return error instanceof GatewayError && error.details?.kind === 'no_websocket'
}
