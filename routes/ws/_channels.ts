import type { Connection } from '../../src/channels/port.js'
import { type ChannelStatus, channelStatuses } from '../../src/channels/status.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Channels } from '../../src/live/channels.js'
import type { Runtime } from '../../src/runtime.js'

/** Nobody waits longer for a platform than this, in milliseconds: a command has its answer within two seconds. */
const probeMs = 1_200
const longestProbeMs = 20_000
const stateKeys = ['identity', 'mode', 'lastStartAt', 'lastInboundAt', 'lastOutboundAt', 'lastError', 'heldBy'] as const

/** Every account with how it is doing; with `probe`, the platforms are asked, side by side. */
export async function liveStatuses(
  runtime: Runtime,
  {
    channel,
    probe,
    timeoutMs = probeMs,
  }: { channel?: string | undefined; probe: boolean; timeoutMs?: number | undefined },
) {
  const all = channelStatuses(runtime.config.current, runtime.config.env)
  const shown = channel === undefined ? all : all.filter(({ id }) => id === channel)
  const limit = AbortSignal.timeout(Math.min(timeoutMs, longestProbeMs))
  // Right after the start they are still being opened.
  const current = await runtime.channels.begun()
  return Promise.all(shown.map((status) => live(current, status, probe ? limit : undefined)))
}

async function live(current: Channels | undefined, status: ChannelStatus, limit: AbortSignal | undefined) {
  const accounts = status.accounts.map(async (account) => {
    const state = current?.manager.state(status.id, account.accountId)
    const connection = current?.manager.connection(status.id, account.accountId)
    return {
      ...account,
      running: state?.running ?? false,
      connected: state?.connected ?? false,
      reconnectAttempts: state?.reconnectAttempts ?? 0,
      ...Object.fromEntries(stateKeys.flatMap((key) => (state?.[key] === undefined ? [] : [[key, state[key]]]))),
      ...(limit && connection && { probe: await asked(connection, limit) }),
    }
  })
  return { ...status, accounts: await Promise.all(accounts) }
}

async function asked(connection: Connection, signal: AbortSignal) {
  const startedAt = performance.now()
  let late = () => {}
  const never = new Promise<{ ok: false; error: string }>((resolve) => {
    late = () => resolve({ ok: false, error: 'no answer in time' })
    signal.addEventListener('abort', late, { once: true })
  })
  const probed = await Promise.race([connection.probe(signal), never])
  signal.removeEventListener('abort', late)
  return { ...probed, ms: Math.round(performance.now() - startedAt) }
}

/** The account that is meant, of one that runs or could. Throws `not_found`. */
export async function accountOf(runtime: Runtime, channel: string, accountId: string | undefined) {
  const status = channelStatuses(runtime.config.current, runtime.config.env).find(({ id }) => id === channel)
  const id = accountId ?? status?.defaultAccountId
  if (!status || id === undefined || !status.accounts.some((account) => account.accountId === id)) {
    throw new GatewayError('not_found', {
      message: `There is no account ${channel}${accountId ? `/${accountId}` : ''} in the config.`,
    })
  }
  return { channels: await runtime.channels.open(), accountId: id }
}
