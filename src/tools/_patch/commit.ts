import type { Logger } from '../../kernel/logger.js'
import type { ToolFiles } from '../_types.js'
import type { FileChange } from './state.js'

/** Makes all changes. When one fails, those before it are taken back, and the failure is thrown. */
export async function commitPatch(files: ToolFiles, changes: readonly FileChange[], log: Logger): Promise<void> {
  const done: FileChange[] = []
  try {
    for (const change of changes) {
      await put(files, change.path, change.after)
      done.push(change)
    }
  } catch (error) {
    for (const { path, before } of done.reverse()) {
      await put(files, path, before).catch((err: unknown) =>
        log.error({ err, path }, 'a patch could not be taken back'),
      )
    }
    throw error
  }
}

async function put(files: ToolFiles, path: string, content: Buffer | undefined): Promise<void> {
  if (content === undefined) await files.remove(path)
  else await files.write(path, content)
}
