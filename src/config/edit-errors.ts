import { GatewayError } from '../kernel/errors.js'
import type { ConfigIssue } from './types.js'

/** An edit that was not made. `reason` is stable; the message says what to do. */
export function rejected(reason: string, message: string, details: Record<string, unknown> = {}): GatewayError {
  return new GatewayError('config_write_rejected', { message, details: { reason, ...details } })
}

/** The first issue in one line, and how many more there are. */
export function describeIssues(issues: readonly ConfigIssue[]): string {
  const [first] = issues
  if (!first) return 'unknown reason'
  const place = first.line === undefined ? '' : ` (${first.file}:${first.line}:${first.column})`
  const more = issues.length > 1 ? ` And ${issues.length - 1} more.` : ''
  return `${first.path}: ${first.message}${place}${more}`
}

/** Codes of a disk that does not take the file. */
const diskCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EBUSY'])

export function notWritable(error: unknown, path: string): GatewayError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (error instanceof GatewayError || typeof code !== 'string' || !diskCodes.has(code)) return undefined
  if (code === 'EBUSY')
    return rejected(
      'not-writable',
      `${path} cannot be replaced: it is mounted as a single file. Mount its folder instead.`,
    )
  return rejected(
    'not-writable',
    `${path} cannot be written (${code}). Check the owner, the mode and the space of its folder.`,
  )
}
