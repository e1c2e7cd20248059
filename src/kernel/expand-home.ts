import { join } from 'node:path'

/** A leading `~` is the given home directory, as in a shell. */
export function expandHome(path: string, home: string): string {
  return /^~($|[/\\])/.test(path) ? join(home, path.slice(1)) : path
}
