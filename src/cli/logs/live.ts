import type logs from '../../../routes/ws/logs.js'
import { typed } from '../../client/calls.js'
import { dial, type Line } from '../../client/dial.js'
import type { FoundGateway } from '../../client/open.js'
import { GatewayError } from '../../kernel/errors.js'
import type { CommandContext } from '../context.js'
import { stopSignal } from '../stop-signal.js'
import type { LogPage, LogPrinter } from './printer.js'

const defaultIntervalMs = 1_000
const burstMs = 100

export interface LiveLog {
  readonly found: FoundGateway
  readonly line: Line
  readonly printer: LogPrinter
  /** Of one page. */
  readonly limits: { readonly limit: number; readonly maxBytes: number }
  readonly intervalMs?: number | undefined
}

/** The line, or why this machine's own gateway does not answer. */
export async function openLog(found: FoundGateway, connectMs: number | undefined): Promise<Line | GatewayError> {
  try {
    return await dial(found, { scopes: ['operator.read'], connectMs })
  } catch (error) {
    const kind = error instanceof GatewayError ? error.details?.kind : undefined
    const down = ['refused', 'timeout', 'starting', 'closed'].includes(String(kind))
    if (error instanceof GatewayError && found.target.source === 'local' && down) return error
    throw error
  }
}

/** The end of the log. Closes the line. */
export async function lastPage({ line, limits }: LiveLog, timeoutMs: number | undefined): Promise<LogPage> {
  try {
    return await typed<typeof logs>(line).call('logs.tail', limits, { timeoutMs })
  } finally {
    line.close()
  }
}

/** Shows what the log gets from now on, until the user stops it. Gives the exit code. */
export async function followLog(
  { io, t, explain }: CommandContext,
  { found, line, printer, limits, intervalMs = defaultIntervalMs }: LiveLog,
  page: LogPage,
): Promise<number> {
  const { follow, followOverSocket } = await import('./follow.js')
  const stop = stopSignal(io)
  const { via, call } = line
  // An HTTP request may log a line of its own: following must not feed itself.
  const request = { ...limits, intervalMs, burstMs: via === 'http' ? intervalMs : burstMs, signal: stop.signal }
  try {
    if (via === 'http') await follow({ call }, page, printer, request)
    else {
      await followOverSocket(found, page, printer, request, {
        lost: (error) => printer.notice(t('logs.lost', { why: error instanceof GatewayError ? explain(error) : '' })),
        back: () => printer.notice(t('logs.back')),
      })
    }
  } finally {
    stop.release()
  }
  return stop.exitCode()
}
