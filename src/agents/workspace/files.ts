import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { GatewayError } from '../../kernel/errors.js'
import { withFileLock } from '../../kernel/file-lock.js'
import { ensureFolder } from './ensure.js'
import { workspaceFiles } from './templates.js'

/** Written by the agent or the user when there is something to write; new workspaces do not have them. */
const lateFiles = ['BOOTSTRAP.md', 'MEMORY.md']
/** The files that clients may read and write. */
export const fileNames: readonly string[] = [...Object.keys(workspaceFiles), ...lateFiles]
/** Longest file, in bytes: they are part of prompts. */
export const maxFileBytes = 512 * 1024

export interface WorkspaceFile {
  readonly name: string
  readonly path: string
  readonly missing: boolean
  /** True for a file that a workspace does well without. */
  readonly expectedAbsent?: true
  readonly size?: number
  /** Milliseconds since the epoch. */
  readonly updatedAtMs?: number
  /** SHA-256 of the content, in hex. */
  readonly hash?: string
  readonly content?: string
}

/** Every known file of a workspace, without content. */
export function listFiles(folder: string): Promise<WorkspaceFile[]> {
  return Promise.all(
    fileNames.map(async (name) => {
      const path = join(folder, name)
      const found = await lstat(path).catch(() => undefined)
      if (!found) return absent(name, path)
      return { name, path, missing: false, size: found.size, updatedAtMs: Math.floor(found.mtimeMs) }
    }),
  )
}

/** One file with its content. Throws `invalid_request` for another name, a link that leads out, or a file too large. */
export async function readFile(folder: string, name: string): Promise<WorkspaceFile> {
  const path = checkedPath(folder, name)
  const target = await insideTarget(folder, name)
  if (target === undefined) return absent(name, path)
  // The name was checked; should it become a link meanwhile, opening fails.
  const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size, mtimeMs } = await file.stat()
    if (size > maxFileBytes) throw refused(`${name} is larger than ${maxFileBytes} bytes.`)
    const bytes = await file.readFile()
    const hash = createHash('sha256').update(bytes).digest('hex')
    const content = bytes.toString('utf8')
    return { name, path, missing: false, size, updatedAtMs: Math.floor(mtimeMs), hash, content }
  } finally {
    await file.close()
  }
}

/**
 * Writes one file whole (mode 0600). With `expectedHash` only when it still is what the caller read.
 * Throws `conflict`, or as `readFile`.
 */
export async function writeFile(
  folder: string,
  name: string,
  content: string,
  expectedHash?: string,
): Promise<WorkspaceFile> {
  const path = checkedPath(folder, name)
  if (Buffer.byteLength(content) > maxFileBytes) throw refused(`${name} may have at most ${maxFileBytes} bytes.`)
  await ensureFolder(folder)
  return withFileLock(path, 'conflict', async () => {
    const target = (await insideTarget(folder, name)) ?? join(await realpath(folder), name)
    const check = async () => {
      if (expectedHash !== undefined) await checkHash(folder, name, expectedHash)
    }
    await check()
    await writeAtomic(target, content, check)
    return readFile(folder, name)
  })
}

async function checkHash(folder: string, name: string, expectedHash: string): Promise<void> {
  const { hash: currentHash = null } = await readFile(folder, name)
  if (currentHash === expectedHash) return
  throw new GatewayError('conflict', {
    message: `${name} changed since it was read. Read it again and repeat the edit.`,
    details: { type: 'agent_file_conflict', currentHash },
  })
}

/** The real path of a file that exists; undefined when it does not. Nothing outside the workspace is ever given. */
async function insideTarget(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name)
  const found = await lstat(path).catch(() => undefined)
  if (!found) return undefined
  const [root, target] = await Promise.all([realpath(folder), realpath(path).catch(() => undefined)])
  if (target === undefined || !target.startsWith(root + sep)) {
    throw refused(`${name} is a link that leads out of the workspace.`)
  }
  if (!(await lstat(target)).isFile()) throw refused(`${name} is not a file.`)
  return target
}

function checkedPath(folder: string, name: string): string {
  if (fileNames.includes(name)) return join(folder, name)
  throw refused(`unsupported file "${name.slice(0, 100)}"; known are ${fileNames.join(', ')}`)
}

function absent(name: string, path: string): WorkspaceFile {
  return { name, path, missing: true, ...(lateFiles.includes(name) && { expectedAbsent: true }) }
}

const refused = (message: string) => new GatewayError('invalid_request', { message, param: 'name' })
