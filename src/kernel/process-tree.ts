import { readdirSync, readFileSync } from 'node:fs'

/** Marks every process of one command: those that leave its process group still carry it in their environment. */
export const markerName = 'OPENCLAW_EXEC_ID'

/** The command whose processes are looked for. */
export interface Leader {
  /** Also the id of its process group. */
  readonly pid: number
  /** When it was started, in the kernel's ticks; 0 when that is not known. */
  readonly startTime: number
  /** Undefined: only the group counts. */
  readonly marker: string | undefined
}

interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly startTime: number
}

/**
 * The processes of a command by /proc: its group, and with a mark also what carries the mark and all their descendants.
 * Linux only. Synchronous on purpose: it reads hundreds of tiny files that never wait for a disk, and each trip through
 * the thread pool would cost ten times as much.
 */
export function treeOf({ pid, startTime, marker }: Leader): readonly number[] {
  const processes = readProcesses().filter((process) => process.startTime >= startTime)
  const members = new Set(processes.filter((process) => process.group === pid).map((process) => process.pid))
  if (marker === undefined) return [...members]
  for (const process of processes)
    if (!members.has(process.pid) && carries(process.pid, marker)) members.add(process.pid)
  let grew = true
  while (grew) {
    grew = false
    for (const process of processes) {
      if (members.has(process.pid) || !members.has(process.parent)) continue
      members.add(process.pid)
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

/** Those that have not ended yet. A zombie has. */
export function stillThere(members: readonly number[]): readonly number[] {
  const there = members.filter((pid) => send(pid, 0))
  return process.platform === 'linux' ? there.filter((pid) => readProcess(pid) !== undefined) : there
}

/** True while a process of the group is there. */
export function groupAlive(leader: number): boolean {
  return send(-leader, 0)
}

/** When a process was started, in the kernel's ticks; 0 when that cannot be known. */
export function startTimeOf(pid: number): number {
  return readProcess(pid)?.startTime ?? 0
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal)
    return true
  } catch {
    return false
  }
}

function readProcesses(): ProcessFacts[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return names.map((name) => readProcess(Number(name))).filter((facts) => facts !== undefined)
}

/** Zombies are left out: they are dead, and whoever made them takes them away. */
function readProcess(pid: number): ProcessFacts | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  // The name in parentheses may hold anything, also parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state = '', parent, group] = fields
  if (state === '' || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), group: Number(group), startTime: Number(fields[19]) }
}

function carries(pid: number, marker: string): boolean {
  return readOrEmpty(`/proc/${pid}/environ`).split('\0').includes(`${markerName}=${marker}`)
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
