import type { HelloOk } from '../../schemas/ws/connect.js'
import { dial } from '../client/dial.js'
import { isLoopback } from '../client/plaintext.js'
import { isObject } from '../client/socket/frames.js'
import { GatewayError } from '../kernel/errors.js'
import type { GatewayLook } from './gateway-look.js'
import type { GatewayView } from './gateway-view.js'

/** What a running gateway says over its control plane. */
export interface Greeting {
  /** Undefined when it was not asked or did not let us in. */
  readonly hello?: HelloOk
  /** The result of `status`, for gateways that have it. */
  readonly status?: Readonly<Record<string, unknown>>
  /** Why we were not let in. */
  readonly failure?: GatewayError
}

/**
 * Connects to a gateway of this machine that a probe has found, to see whether the credential opens the control plane and
 * how far. One that is elsewhere is not asked: it would want this device to be paired, and looking must not ask for that.
 */
async function greet({ client, probe }: GatewayLook, timeoutMs: number | undefined): Promise<Greeting> {
  const secret = client.credential !== undefined || client.withoutSecret
  if (!probe?.ready || !secret || !isLoopback(client.target.base.hostname)) return {}
  try {
    const line = await dial(client, { scopes: ['operator.admin'], connectMs: timeoutMs })
    try {
      const { hello } = line
      const status = hello?.features.methods.includes('status')
        ? await line.call('status', { includeChannelSummary: false }, { timeoutMs })
        : undefined
      return { ...(hello && { hello }), ...(isObject(status) && { status }) }
    } finally {
      line.close()
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { failure: error }
  }
}

export interface GreetedView extends GatewayView {
  readonly greeting: Greeting
}

/** A view together with its greeting; `failure` is why the gateway did not answer or did not let us in. */
export async function greetView(view: GatewayView, timeoutMs: number | undefined): Promise<GreetedView> {
  const greeting = await greet(view, timeoutMs)
  return { ...view, failure: view.failure ?? greeting.failure, greeting }
}
