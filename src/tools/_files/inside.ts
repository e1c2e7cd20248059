import { sep } from 'node:path'

/** True when `path` is `folder` or below it; both absolute and normal. */
export function isInside(folder: string, path: string): boolean {
  if (path === folder) return true
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
