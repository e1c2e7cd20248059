import { setTimeout as sleep } from 'node:timers/promises'
import { groupAlive, type Leader, signalTree, stillThere, treeOf } from './process-tree.js'

// Real processes end in real time, whatever clock a test moves; and these waits keep our own process from ending first.
const pollMs = 25
/** After SIGKILL: processes that sit in the kernel (a dead network disk) can outlast it. */
const killedLimitMs = 3_000

/** SIGTERM to everything of a command, SIGKILL to what is left after the grace. False when something outlasted both. */
export async function endTree(leader: Leader, graceMs: number): Promise<boolean> {
  if (leader.marker === undefined && !groupAlive(leader.pid)) return true
  const members = membersOf(leader)
  if (members.length === 0) return true
  signalTree(leader.pid, members, 'SIGTERM')
  if ((await gone(members, graceMs)) && membersOf(leader).length === 0) return true
  return killAll(leader)
}

/** Repeats: a process that forks while it is being killed must not win the race. */
async function killAll(leader: Leader): Promise<boolean> {
  const until = performance.now() + killedLimitMs
  do {
    const members = membersOf(leader)
    if (members.length === 0) return true
    signalTree(leader.pid, members, 'SIGKILL')
    await gone(members, pollMs)
  } while (performance.now() < until)
  return false
}

async function gone(members: readonly number[], limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs
  for (;;) {
    if (stillThere(members).length === 0) return true
    const left = until - performance.now()
    if (left <= 0) return false
    await sleep(Math.min(pollMs, left))
  }
}

function membersOf(leader: Leader): readonly number[] {
  if (process.platform !== 'linux') return groupAlive(leader.pid) ? [leader.pid] : []
  return treeOf(leader)
}
