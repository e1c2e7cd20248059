import type { ChannelLogin } from '../../src/channels/port.js'
import { sleep } from '../../src/kernel/clock.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Runtime } from '../../src/runtime.js'
import { accountOf } from './_channels.js'

const openMs = 10_000
const lookMs = 20

/**
 * The login of an account; one that is stopped, or that waits before its next try, is started for it. Throws
 * `not_found`, `invalid_request` for a channel that has none, `channel_unavailable` when it does not come up.
 */
export async function loginAt(
  runtime: Runtime,
  channel: string,
  wish: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly login: ChannelLogin; readonly accountId: string }> {
  const { channels, accountId } = await accountOf(runtime, channel, wish)
  const { manager } = channels
  if (!manager.connection(channel, accountId) && !(await manager.restart(channel, accountId)))
    await channels.reconcile()
  const limit = AbortSignal.any([signal, AbortSignal.timeout(openMs)])
  while (!manager.connection(channel, accountId) && manager.wanted(channel, accountId) && !limit.aborted) {
    await sleep(runtime.clock, lookMs, limit).catch(() => {})
  }
  const connection = manager.connection(channel, accountId)
  if (!connection) {
    const why = manager.state(channel, accountId)?.lastError
    throw new GatewayError(
      'channel_unavailable',
      why === undefined ? {} : { message: `${channel}/${accountId}: ${why}` },
    )
  }
  if (!connection.login) {
    throw new GatewayError('invalid_request', {
      message: `web login provider is not available: the login of ${channel} is in the config`,
      param: 'channel',
    })
  }
  return { login: connection.login, accountId }
}
