import { readdir, readFile } from 'node:fs/promises'

/** Marks every process of one command: those that leave its process group still carry it in their environment. */
export const markerName = 'OPENCLAW_EXEC_ID'

/**
 * The processes of a command by /proc: its group, and with a mark also what carries the mark and all their descendants.
 * Linux only.
 */
export async function treeOf(leader: number, marker: string | undefined): Promise<readonly number[]> {
  const processes = await readProcesses()
  const members = new Set<number>()
  for (const { pid, group } of processes) if (group === leader || pid === leader) members.add(pid)
  if (marker === undefined) return [...members]
  for (const { pid } of processes) if (!members.has(pid) && (await carries(pid, marker))) members.add(pid)
  let grew = true
  while (grew) {
    grew = false
    for (const { pid, parent } of processes) {
      if (members.has(pid) || !members.has(parent)) continue
      members.add(pid)
      grew = true
    }
  }
  return [...members]
}

/** Signals the group, and every member by itself: some have left the group. */
export function signalTree(leader: number, members: readonly number[], signal: NodeJS.Signals): void {
  send(-leader, signal)
  for (const pid of members) send(pid, signal)
}

/** True while a process of the group is there. */
export function groupAlive(leader: number): boolean {
  return send(-leader, 0)
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal)
    return true
  } catch {
    return false
  }
}

interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly group: number
}

async function readProcesses(): Promise<ProcessFacts[]> {
  const names = await readdir('/proc').catch(() => [])
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readStat(Number(name))))
  return found.filter((facts) => facts !== undefined)
}

/** Zombies are left out: they are dead, and whoever made them takes them away. */
async function readStat(pid: number): Promise<ProcessFacts | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  // The name in parentheses may hold anything, also parentheses.
  const [state = 'Z', parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : { pid, parent: Number(parent), group: Number(group) }
}

async function carries(pid: number, marker: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
  return text.split('\0').includes(`${markerName}=${marker}`)
}
