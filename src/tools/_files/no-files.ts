import type { ToolFiles } from '../_types.js'

/** For calls that have no files: whoever asks for one is told why. */
export function noFiles(why: Error): ToolFiles {
  const refuse = () => Promise.reject(why)
  const files: ToolFiles = {
    root: '/',
    writable: false,
    stat: refuse,
    read: refuse,
    write: refuse,
    remove: refuse,
    rename: refuse,
    workspaceOnly: () => files,
  }
  return files
}
