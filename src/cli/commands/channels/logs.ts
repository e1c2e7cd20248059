import type logs from '../../../../routes/ws/logs.js'
import { GatewayError } from '../../../kernel/errors.js'
import { knownChannel } from '../../channel-name.js'
import { callOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand, type OptionValues } from '../../define.js'
import { type GatewayLine, gatewayOf, withGateway } from '../../gateway-line.js'
import { localConfig } from '../../local-config.js'
import { channelOfLine, recordOf, showLine } from '../../logs/lines.js'
import { LogPrinter } from '../../logs/printer.js'

const defaultLines = 200
/** The log holds much else: so much of its end is looked through. */
const lookedThrough = { limit: 5_000, maxBytes: 1_000_000 }

export default defineCommand({
  summary: 'channels.logs.summary',
  description: 'channels.logs.description',
  options: {
    channel: { kind: 'text', value: 'channel', text: 'channels.logs.option.channel' },
    lines: { kind: 'integer', value: 'count', min: 1, max: 5_000, text: 'channels.logs.option.lines' },
    follow: { kind: 'flag', short: 'f', text: 'logs.follow' },
    ...callOptions,
  },
  examples: [
    { command: 'channels logs' },
    { command: 'channels logs --channel slack --follow' },
    { command: 'channels logs --channel telegram --lines 50' },
  ],
  async run(context, _args, { channel = 'all', lines: most = defaultLines, follow, ...flags }) {
    const { out, t } = context
    if (channel !== 'all') knownChannel(t, channel)
    const about = (line: string) => {
      const of = channelOfLine(line)
      return of !== undefined && (channel === 'all' || of === channel)
    }
    if (follow) return followed(context, flags, about, most)
    const page = await withGateway(context, flags, { scopes: ['operator.read'] }, (gateway: GatewayLine<typeof logs>) =>
      gateway.call('logs.tail', lookedThrough),
    ).catch((error: unknown) => fromFile(context, flags.url, error))
    const lines = page.lines.filter(about).slice(-most)
    out.result({ file: page.file, channel, lines: lines.map(recordOf) }, () =>
      lines.length === 0
        ? [t('channels.logs.none', { file: page.file })]
        : lines.map((line) => showLine(line, { json: false, colour: out.colours, utc: false }).trimEnd()),
    )
    return 0
  },
})

/** The newest lines, and those that come. */
async function followed(
  context: CommandContext,
  flags: OptionValues<typeof callOptions>,
  about: (line: string) => boolean,
  most: number,
): Promise<number> {
  const { followLog, lastPage, openLog } = await import('../../logs/live.js')
  const { out } = context
  const found = await gatewayOf(context, flags)
  const line = await openLog(found, flags.timeout)
  const printer = new LogPrinter(context, { json: out.json, colour: out.colours, utc: false }, about)
  if (line instanceof GatewayError) {
    const page = await fromFile(context, flags.url, line)
    printer.begin({ ...page, lines: page.lines.filter(about).slice(-most) }, 'file')
    return 0
  }
  const live = { found, line, printer, limits: lookedThrough }
  const page = await lastPage(live, flags.timeout)
  printer.begin({ ...page, lines: page.lines.filter(about).slice(-most) }, 'gateway')
  return followLog(context, live, page)
}

/** A gateway that is down has left its file, which often says why. */
async function fromFile(context: CommandContext, url: string | undefined, error: unknown) {
  if (!(error instanceof GatewayError) || error.code !== 'gateway_unreachable' || url !== undefined) throw error
  const { instance, out, explain, t } = context
  out.note(`${explain(error)} ${t('logs.fromFile')}`)
  const { readLogFile } = await import('../../logs/file.js')
  return readLogFile(await instance(), (await localConfig(context)).config, lookedThrough)
}
