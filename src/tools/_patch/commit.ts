import type { Logger } from '../../kernel/logger.js'
import type { ToolFiles } from '../_types.js'
import type { FileChange } from './state.js'

/** Makes all changes. When one fails, those before it are taken back, and the failure is thrown. */
export async function commitPatch(files: ToolFiles, changes: readonly FileChange[], log: Logger): Promise<void> {
  const done: FileChange[] = []
  try {
    for (const change of changes) {
      await put(files, change, change.after)
      done.push(change)
    }
  } catch (error) {
    for (const change of done.reverse()) {
      const { path } = change
      await put(files, change, change.before).catch((err: unknown) =>
        log.error({ err, path }, 'a patch could not be taken back'),
      )
    }
    throw error
  }
}

async function put(files: ToolFiles, { path, mode }: FileChange, content: Buffer | undefined): Promise<void> {
  if (content === undefined) await files.remove(path)
  else await files.write(path, content, mode)
}
