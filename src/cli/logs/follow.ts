import type logs from '../../../routes/ws/logs.js'
import { type Calls, type TypedCalls, typed } from '../../client/calls.js'
import { clientClock } from '../../client/clock.js'
import { connectGateway } from '../../client/connect.js'
import type { FoundGateway } from '../../client/open.js'
import { ReconnectingClient } from '../../client/socket/reconnecting.js'
import { mayRetry } from '../../client/socket/retry.js'
import { sleep } from '../../kernel/clock.js'
import type { LogPage, LogPrinter } from './printer.js'

export interface FollowRequest {
  readonly limit: number
  readonly maxBytes: number
  /** Least time between two questions to a gateway that does not wait by itself, in milliseconds. */
  readonly intervalMs: number
  /** Lines that come in a burst are shown together; the wait after a page with lines, in milliseconds. */
  readonly burstMs: number
  readonly signal: AbortSignal
}

/** How long our gateway may hold a question back until a line comes; others answer at once. In milliseconds. */
const waitMs = 25_000
const answerMs = waitMs + 10_000

export interface FollowNotices {
  lost(error: unknown): void
  back(): void
}

/**
 * Follows the log over one socket that comes back after a restart; ends when the signal aborts, and throws when the
 * gateway does not let us in any more.
 */
export async function followOverSocket(
  found: FoundGateway,
  first: LogPage,
  printer: LogPrinter,
  request: FollowRequest,
  notices: FollowNotices,
): Promise<void> {
  const client = new ReconnectingClient({
    open: (listener, signal) => connectGateway(found, { scopes: ['operator.read'], listener, signal }),
    display: found.target.display,
    clock: clientClock,
  })
  let lost = false
  client.events.on('disconnected', ({ error }) => {
    if (!lost) notices.lost(error)
    lost = true
  })
  client.events.on('connected', () => {
    if (lost) notices.back()
    lost = false
  })
  client.start()
  try {
    await follow(client, first, printer, request)
  } finally {
    client.close()
  }
}

/** Follows the log by asking again and again: over plain HTTP, or with the socket of `followOverSocket`. */
export async function follow(calls: Calls, first: LogPage, printer: LogPrinter, request: FollowRequest): Promise<void> {
  const { signal, intervalMs, burstMs } = request
  const gateway = typed<typeof logs>(calls)
  let { cursor } = first
  while (!signal.aborted) {
    const asked = clientClock.monotonic()
    const page = await nextPage(gateway, cursor, request)
    if (page) {
      printer.more(page)
      cursor = page.cursor
    }
    const full = page !== undefined && page.lines.length >= request.limit
    const leastMs = page?.lines.length ? burstMs : intervalMs
    const restMs = leastMs - (clientClock.monotonic() - asked)
    if (!full && restMs > 0) await sleep(clientClock, restMs, signal).catch(() => {})
  }
}

/** Undefined when there is no answer this time; throws when there will be none. */
async function nextPage(
  gateway: TypedCalls<typeof logs>,
  cursor: number,
  { limit, maxBytes, signal }: FollowRequest,
): Promise<LogPage | undefined> {
  try {
    return await gateway.call('logs.tail', { cursor, limit, maxBytes, waitMs }, { timeoutMs: answerMs, signal })
  } catch (error) {
    if (signal.aborted || mayRetry(error)) return undefined
    throw error
  }
}
