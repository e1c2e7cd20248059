export type LineStyle = 'pretty' | 'compact' | 'json'

const names: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const colours: Readonly<Record<string, string>> = { warn: '\u001b[33m', error: '\u001b[31m', fatal: '\u001b[31m' }
const dim = '\u001b[2m'
const reset = '\u001b[0m'
/** Fields that every line has and no reader wants on the console. */
const standard = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'profile'])

/**
 * One JSON log line as a person reads it: time, level when it is not info, message, then the details. The time is that of
 * this machine, or UTC.
 */
export function formatLine(line: string, style: LineStyle, colour: boolean, utc = false): string {
  if (style === 'json') return line
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line
  }
  const level = names[Number(record.level)] ?? 'info'
  const details = Object.entries(record)
    .filter(([key]) => !standard.has(key))
    .map(([key, value]) => `${key}=${shown(key, value)}`)
    .join(' ')
  const time = timeOf(Number(record.time), utc)
  const paint = colour ? (colours[level] ?? '') : ''
  const word = level === 'info' ? '' : `${level} `
  const tail = details === '' ? '' : ` ${colour ? dim : ''}${details}${colour ? reset : ''}`
  const head = style === 'compact' ? '' : `${colour ? dim : ''}${time}${colour ? reset : ''} `
  return `${head}${paint}${word}${String(record.msg ?? '')}${paint ? reset : ''}${tail}\n`
}

function timeOf(ms: number, utc: boolean): string {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return '--:--:--'
  return utc ? `${date.toISOString().slice(11, 19)}Z` : date.toTimeString().slice(0, 8)
}

function shown(key: string, value: unknown): string {
  if (key === 'err' && typeof value === 'object' && value !== null && 'message' in value)
    return JSON.stringify(value.message)
  if (typeof value === 'string') return /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)
  return JSON.stringify(value)
}
