import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Held by the gateway that runs on a config file. It stands beside the file, where every process finds it. */
export function configLock(path: string): string {
  return join(dirname(path), `.${basename(path)}.lock`)
}

/** One spelling for one file: links in the folder, and the file itself when it is one. */
export async function realConfig(path: string): Promise<string> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path))
  return realpath(path).catch(() => join(folder, basename(path)))
}

/** All lock files of a config file: that of its gateway, and those of its writers. */
export async function configLocks(path: string): Promise<string[]> {
  const files = [path, await realConfig(path)]
  return [...new Set(files.flatMap((file) => [configLock(file), `${file}.lock`]))]
}
