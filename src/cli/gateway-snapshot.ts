import type { HealthPayload } from '../../schemas/ws/health.js'
import { refusalCode } from '../client/call-errors.js'
import { HttpCalls } from '../client/http-calls.js'
import { defaultTimeoutMs } from '../client/open.js'
import type { GatewayLook } from './gateway-look.js'

/**
 * The gateway's own account of itself, over plain HTTP: the WebSocket client costs more than the answer. Undefined where
 * no credential is known, and for a gateway that has no such method. Throws `gateway_unreachable`, also when the
 * credential is wrong.
 */
export async function readHealth({ client }: GatewayLook, timeoutMs?: number): Promise<HealthPayload | undefined> {
  const { target, pin, headers, credential, withoutSecret } = client
  if (!credential && !withoutSecret) return undefined
  const calls = new HttpCalls({ base: target.base, display: target.display, pin, headers }, credential?.value)
  try {
    const health = await calls.call('health', {}, { timeoutMs: timeoutMs ?? defaultTimeoutMs })
    return health as HealthPayload
  } catch (error) {
    if (refusalCode(error) === undefined) throw error
    return undefined
  }
}
