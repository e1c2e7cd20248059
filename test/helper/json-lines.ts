import { existsSync, readFileSync } from 'node:fs'

/**
 * The records of a file that another process appends to, one JSON value a line; none while the file is not there.
 * What follows the last line break is a line that is still being written: it counts when it is whole.
 */
export function jsonLines<Row>(path: string): Row[] {
  if (!existsSync(path)) return []
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return whole.map((line) => JSON.parse(line))
}
