import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Env } from '../instance/types.js'

/** The path of a program: from PATH (absolute folders only), then from these folders. Undefined when it is nowhere. */
export async function findProgram(
  name: string,
  env: Env,
  places: readonly string[],
  more: readonly string[] = [],
): Promise<string | undefined> {
  const listed = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)
  const paths = [...[...listed, ...places].map((folder) => join(folder, name)), ...more]
  for (const path of paths) if (await isProgram(path)) return path
  return undefined
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
