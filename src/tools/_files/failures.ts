import { type ErrorCode, GatewayError } from '../../kernel/errors.js'

const codes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['file_not_found', 'does not exist'],
  ENOTDIR: ['not_a_file', 'leads through something that is no folder'],
  EISDIR: ['not_a_file', 'is a folder'],
  ELOOP: ['path_outside', 'is a link that may not be followed'],
  EACCES: ['path_denied', 'may not be used: the operating system denies it'],
  EPERM: ['path_denied', 'may not be used: the operating system denies it'],
  EROFS: ['path_read_only', 'is on a read-only file system'],
  ENOSPC: ['tool_error', 'cannot be written: the disk is full'],
  EDQUOT: ['tool_error', 'cannot be written: the disk quota is used up'],
  ENAMETOOLONG: ['not_a_file', 'is too long'],
  ENXIO: ['not_a_file', 'is no regular file'],
}

/** A failure on this path, named as the model named it. What is already ours stays; the unknown is thrown as it is. */
export function fileFailure(path: string, thrown: unknown): unknown {
  if (thrown instanceof GatewayError) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? codes[String(thrown.code)] : undefined
  return code ? refusal(code[0], path, code[1]) : thrown
}

export function refusal(code: ErrorCode, path: string, what: string): GatewayError {
  return new GatewayError(code, { message: `"${path}" ${what}.` })
}

export function outside(path: string): GatewayError {
  return refusal('path_outside', path, 'is outside of the folders that tools may use')
}

/** Whether the operating system said so. */
export function hasCode(thrown: unknown, ...wanted: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && wanted.includes(String(thrown.code))
}
