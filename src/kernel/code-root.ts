import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder that holds `src/` and `routes/` of the code that runs: the repository for the sources, `dist` for the
 * build. Looked for upwards, because the build puts many small files into few and a file cannot know where it went.
 */
export const codeRoot = findUp((folder) => existsSync(join(folder, 'src')) && existsSync(join(folder, 'routes')))

/** The folder of package.json. */
export const packageRoot = findUp((folder) => existsSync(join(folder, 'package.json')))

function findUp(isIt: (folder: string) => boolean): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isIt(folder)) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('openclaw is not installed completely: its folders are missing.')
    folder = parent
  }
  return folder
}
