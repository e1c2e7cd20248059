import { formatLine } from '../../logs/format.js'

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

export interface LineStyles {
  readonly json: boolean
  readonly colour: boolean
  readonly utc: boolean
}

/** A line of the log for the reader: as a person reads it, or one JSON object (spec/cli.md, `logs`). */
export function showLine(line: string, { json, colour, utc }: LineStyles): string {
  return json
    ? `${JSON.stringify({ type: 'log', ...recordOf(line) })}\n`
    : ended(formatLine(line, 'pretty', colour, utc))
}

/** The chat channel that a line is about; undefined for other lines. */
export function channelOfLine(line: string): string | undefined {
  const channel = parse(line)?.channel
  return typeof channel === 'string' ? channel : undefined
}

/** A line in the words of `--json`. */
export function recordOf(raw: string): object {
  const record = parse(raw)
  if (!record) return { message: raw, raw }
  const { time, level, subsystem, msg } = record
  return {
    ...(typeof time === 'number' && { time: new Date(time).toISOString() }),
    level: levels[Number(level)] ?? 'info',
    ...(typeof subsystem === 'string' && { subsystem }),
    message: typeof msg === 'string' ? msg : '',
    raw,
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A line that is no JSON is shown as it is. */
const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`)
