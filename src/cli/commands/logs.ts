import type logs from '../../../routes/ws/logs.js'
import { typed } from '../../client/calls.js'
import { dial, type Line } from '../../client/dial.js'
import type { FoundGateway } from '../../client/open.js'
import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import { GatewayError } from '../../kernel/errors.js'
import { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { gatewayOf } from '../gateway-line.js'
import { type LogPage, LogPrinter } from '../logs/printer.js'
import { stopSignal } from '../stop-signal.js'

const defaultLimit = 200
const defaultMaxBytes = 250_000
const defaultIntervalMs = 1_000
const burstMs = 100

export default defineCommand({
  summary: 'logs.summary',
  description: 'logs.description',
  options: {
    follow: { kind: 'flag', short: 'f', text: 'logs.follow' },
    limit: { kind: 'integer', value: 'lines', min: 1, max: 5_000, text: 'logs.limit' },
    maxBytes: { kind: 'integer', value: 'bytes', min: 1, max: 1_000_000, text: 'logs.maxBytes' },
    interval: { kind: 'integer', value: 'ms', min: 100, max: 60_000, text: 'logs.interval' },
    plain: { kind: 'flag', text: 'logs.plain' },
    utc: { kind: 'flag', text: 'logs.utc' },
    localTime: { kind: 'flag', text: 'logs.localTime' },
    ...callOptions,
  },
  examples: [{ command: 'logs' }, { command: 'logs --follow' }, { command: 'logs --limit 50 --json' }],
  async run(context, _args, options) {
    const { out } = context
    const limits = { limit: options.limit ?? defaultLimit, maxBytes: options.maxBytes ?? defaultMaxBytes }
    const styles = { json: out.json, colour: out.colours && !options.plain, utc: options.utc }
    const printer = new LogPrinter(context, styles)
    const found = await gatewayOf(context, options)
    const line = await open(found, options.timeout)
    if (line instanceof GatewayError) return fromFile(context, found, printer, limits, line)
    let page: LogPage
    try {
      page = await typed<typeof logs>(line).call('logs.tail', limits, { timeoutMs: options.timeout })
    } finally {
      line.close()
    }
    printer.begin(page, 'gateway')
    if (!options.follow) return 0
    const stop = stopSignal(context.io)
    const intervalMs = options.interval ?? defaultIntervalMs
    // An HTTP request may log a line of its own: following must not feed itself.
    const request = { ...limits, intervalMs, burstMs: line.via === 'http' ? intervalMs : burstMs, signal: stop.signal }
    try {
      await keepReading(context, found, line, page, printer, request)
    } finally {
      stop.release()
    }
    return stop.exitCode()
  },
})

/** The line, or why this machine's own gateway does not answer. */
async function open(found: FoundGateway, connectMs: number | undefined): Promise<Line | GatewayError> {
  try {
    return await dial(found, { scopes: ['operator.read'], connectMs })
  } catch (error) {
    const kind = error instanceof GatewayError ? error.details?.kind : undefined
    const down = ['refused', 'timeout', 'starting', 'closed'].includes(String(kind))
    if (error instanceof GatewayError && found.target.source === 'local' && down) return error
    throw error
  }
}

/** A gateway that is down still has its log file, which often says why. */
async function fromFile(
  { instance, t, explain, hint }: CommandContext,
  { record }: FoundGateway,
  printer: LogPrinter,
  limits: { readonly limit: number; readonly maxBytes: number },
  why: GatewayError,
): Promise<number> {
  const who = await instance()
  const loaded = await loadConfig(configSource(who))
  const { readLogFile } = await import('../logs/file.js')
  printer.notice(`${explain(why)} ${t('logs.fromFile')}`)
  printer.begin(await readLogFile(who, loaded.ok ? loaded.config : {}, limits), 'file')
  if (record === undefined) printer.notice(t('failure.try', { command: hint('gateway run') }))
  return 0
}

async function keepReading(
  { t, explain }: CommandContext,
  found: FoundGateway,
  { via, call }: Line,
  page: LogPage,
  printer: LogPrinter,
  request: Parameters<typeof import('../logs/follow.js').follow>[3],
): Promise<void> {
  const { follow, followOverSocket } = await import('../logs/follow.js')
  if (via === 'http') return follow({ call }, page, printer, request)
  return followOverSocket(found, page, printer, request, {
    lost: (error) => printer.notice(t('logs.lost', { why: error instanceof GatewayError ? explain(error) : '' })),
    back: () => printer.notice(t('logs.back')),
  })
}
