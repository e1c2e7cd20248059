import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import { workspaceFiles } from './templates.js'

/** Makes a folder only the user can read, with its parents. True when it was not there. */
export async function ensureFolder(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error'
    throw new GatewayError('state_unusable', {
      message: `Cannot make the folder ${path} (${code}). Check the owner and the permissions of the folder above it.`,
      cause,
    })
  }
}

/** Makes the workspace and the files that it lacks. Gives what was made; existing files are never touched. */
export async function ensureWorkspace(folder: string): Promise<string[]> {
  const made = (await ensureFolder(folder)) ? [folder] : []
  for (const [name, text] of Object.entries(workspaceFiles)) {
    const path = join(folder, name)
    if (await writeNew(path, text)) made.push(path)
  }
  return made
}

/** `wx`: the system itself refuses when there is a file, so that two setups at once do not overwrite each other. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text, 'utf8')
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
