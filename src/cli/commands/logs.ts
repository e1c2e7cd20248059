import type { FoundGateway } from '../../client/open.js'
import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import { GatewayError } from '../../kernel/errors.js'
import { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { gatewayOf } from '../gateway-line.js'
import { followLog, lastPage, openLog } from '../logs/live.js'
import { LogPrinter } from '../logs/printer.js'

const defaultLimit = 200
const defaultMaxBytes = 250_000

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
    const line = await openLog(found, options.timeout)
    if (line instanceof GatewayError) return fromFile(context, found, printer, limits, line)
    const live = { found, line, printer, limits, intervalMs: options.interval }
    const page = await lastPage(live, options.timeout)
    printer.begin(page, 'gateway')
    return options.follow ? followLog(context, live, page) : 0
  },
})

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
