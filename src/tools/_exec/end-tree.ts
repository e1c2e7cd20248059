import { setTimeout as sleep } from 'node:timers/promises'
import { groupAlive, signalTree, treeOf } from './process-tree.js'

export interface TreeEnd {
  readonly leader: number
  /** With a mark also what left the group; undefined: the group alone. */
  readonly marker: string | undefined
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number
}

// Real processes end in real time, whatever clock a test moves; and these waits keep our own process from ending first.
const pollMs = 25
/** After SIGKILL: processes that sit in the kernel (a dead network disk) can outlast it. */
const killedLimitMs = 3_000

/** SIGTERM to everything of a command, SIGKILL to what is left after the grace. False when something outlasted both. */
export async function endTree({ leader, marker, graceMs }: TreeEnd): Promise<boolean> {
  if (marker === undefined && !groupAlive(leader)) return true
  const members = await membersOf(leader, marker)
  if (members.length === 0 && !groupAlive(leader)) return true
  signalTree(leader, members, 'SIGTERM')
  if (await gone(leader, marker, graceMs)) return true
  return killAll(leader, marker)
}

/** Repeats: a process that forks while it is being killed must not win the race. */
async function killAll(leader: number, marker: string | undefined): Promise<boolean> {
  const until = performance.now() + killedLimitMs
  do {
    signalTree(leader, await membersOf(leader, marker), 'SIGKILL')
    if (await gone(leader, marker, pollMs)) return true
  } while (performance.now() < until)
  return false
}

async function gone(leader: number, marker: string | undefined, limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs
  for (;;) {
    if ((await membersOf(leader, marker)).length === 0) return true
    const left = until - performance.now()
    if (left <= 0) return false
    await sleep(Math.min(pollMs, left))
  }
}

async function membersOf(leader: number, marker: string | undefined): Promise<readonly number[]> {
  if (process.platform !== 'linux') return groupAlive(leader) ? [leader] : []
  return treeOf(leader, marker)
}
