import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { recoverSwaps, stagingPrefix } from '../../backup/swap.js'
import { acquireLocks } from '../../instance/lock.js'
import type { DoctorCheck } from '../types.js'

/** A restore that a crash ended leaves its folder; half of it may be in place. */
const check: DoctorCheck = {
  title: 'Interrupted restore',
  async run({ instance }) {
    const { state } = instance.paths
    const names = await readdir(state).catch((): string[] => [])
    const found = names.find((name) => name.startsWith(stagingPrefix))
    if (found === undefined) return []
    const apply = async () => {
      const held = await acquireLocks(instance)
      try {
        await recoverSwaps(state)
      } finally {
        held.release()
      }
    }
    const message = 'A restore did not come to its end: the state may be half the old one and half the new one.'
    const fix = { summary: 'take it back, so that the state is what it was before the restore', apply }
    return [{ severity: 'error', message, path: join(state, found), next: 'doctor --fix', fix }]
  },
}

export default check
