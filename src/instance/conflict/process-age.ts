import { readFile } from 'node:fs/promises'

/**
 * Tells a process from a later one with the same pid: its start time in clock ticks (proc(5), field 22), or `''`
 * where there is no /proc. Undefined when it is gone, or a zombie, which holds neither ports nor locks.
 */
export async function processAge(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  if (text === '') return exists(pid) ? '' : undefined
  // The second field is the program's name in parentheses; it may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : (fields[19] ?? '')
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
