import { acquireLocks } from '../../instance/lock.js'
import { stagingsIn } from '../../instance/swap.js'
import type { DoctorCheck } from '../types.js'

/** A restore that a crash ended leaves its folder; half of it may be in place. */
const check: DoctorCheck = {
  title: 'Interrupted restore',
  async run({ instance }) {
    const [path] = await stagingsIn(instance.paths.state)
    if (path === undefined) return []
    // Whoever takes the locks takes it back.
    const apply = async () => (await acquireLocks(instance)).release()
    const message = 'A restore did not come to its end: the state may be half the old one and half the new one.'
    const fix = { summary: 'take it back, so that the state is what it was before the restore', apply }
    return [{ severity: 'error', message, path, next: 'doctor --fix', fix }]
  },
}

export default check
