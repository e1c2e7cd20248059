import { GatewayError } from '../kernel/errors.js'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Make room',
  EDQUOT: 'the quota of this user is used up. Make room',
  EROFS: 'its file system is read-only. Mount it for writing, or use another one',
}

/** The error of a state directory that takes no writes; undefined for any other failure. */
export function unusableState(error: unknown, state: string): GatewayError | undefined {
  const code = error instanceof Error && !(error instanceof GatewayError) && 'code' in error ? String(error.code) : ''
  const reason = reasons[code]
  if (reason === undefined) return undefined
  return new GatewayError('state_unusable', { message: `Cannot write to ${state}: ${reason} (${code}).`, cause: error })
}
