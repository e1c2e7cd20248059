import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecApprovals } from '../../schemas/exec-approvals.js'
import { writeAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'
import { withFileLock } from '../kernel/file-lock.js'
import { randomId } from '../kernel/random-id.js'

type Rules = Required<NonNullable<ExecApprovals['defaults']>>

export interface ApprovalsFile {
  readonly path: string
  readonly exists: boolean
  /** SHA-256 of the text, in hex; of nothing when there is no file. */
  readonly hash: string
  readonly file: ExecApprovals
  /** What holds where the file says nothing. */
  readonly resolvedDefaults: Rules
}

const pathIn = (state: string) => join(state, 'exec-approvals.json')
const usual: Rules = { security: 'full', ask: 'off', askFallback: 'deny', autoAllowSkills: false }

/** The file as it is. Throws `state_unusable` when it cannot be read: nothing is allowed by a guess. */
export async function readApprovals(state: string): Promise<ApprovalsFile> {
  const path = pathIn(state)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unusable(path, error)
  })
  const file = text === undefined ? { version: 1 as const } : parse(path, text)
  const hash = createHash('sha256')
    .update(text ?? '')
    .digest('hex')
  return { path, exists: text !== undefined, hash, file, resolvedDefaults: { ...usual, ...file.defaults } }
}

/**
 * Writes the file whole (mode 0600). What it says of the socket stays when `file` does not say it. `baseHash` is the hash
 * that the caller read; needed once there is a file. Throws `conflict`, `state_unusable`.
 */
export async function writeApprovals(
  state: string,
  file: ExecApprovals,
  baseHash: string | undefined,
): Promise<ApprovalsFile> {
  const path = pathIn(state)
  return withFileLock(path, 'conflict', async () => {
    const before = await readApprovals(state)
    const again = 're-run exec.approvals.get and retry'
    if (before.exists && baseHash === undefined) {
      throw new GatewayError('conflict', { message: `exec approvals base hash required; ${again}` })
    }
    if (baseHash !== undefined && baseHash !== before.hash) {
      throw new GatewayError('conflict', { message: `exec approvals changed since last load; ${again}` })
    }
    await writeAtomic(path, `${JSON.stringify(completed(file, before.file), undefined, 2)}\n`)
    return readApprovals(state)
  })
}

/** Without the token of the socket, for clients. */
export function withoutToken({ socket, ...file }: ExecApprovals): ExecApprovals {
  return { ...file, ...(socket?.path !== undefined && { socket: { path: socket.path } }) }
}

function completed(file: ExecApprovals, { socket }: ExecApprovals): ExecApprovals {
  const agents = Object.entries(file.agents ?? {}).map(([id, { allowlist, ...agent }]) => {
    const entries = allowlist?.map((entry) => ({ id: randomId(), ...entry }))
    return [id, { ...agent, ...(entries && { allowlist: entries }) }]
  })
  return {
    ...file,
    ...((socket || file.socket) && { socket: { ...socket, ...file.socket } }),
    ...(file.agents && { agents: Object.fromEntries(agents) }),
  }
}

function parse(path: string, text: string): ExecApprovals {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw unusable(path, error)
  }
  if (typeof file === 'object' && file !== null && 'version' in file && file.version === 1) return file as ExecApprovals
  throw unusable(path, new Error('it is not version 1'))
}

function unusable(path: string, cause: unknown): GatewayError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new GatewayError('state_unusable', { message: `${path} cannot be used: ${why}. Repair or remove it.`, cause })
}
