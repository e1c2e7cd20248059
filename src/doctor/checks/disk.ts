import { statfs } from 'node:fs/promises'
import type { DoctorCheck } from '../types.js'

const low = 1024 ** 3
const full = 64 * 1024 ** 2

const check: DoctorCheck = {
  title: 'Disk',
  async run({ instance: { paths } }) {
    const { bavail, bsize } = await statfs(paths.state).catch(() => statfs(paths.home))
    const free = bavail * bsize
    if (free >= low) return []
    const message = `Only ${Math.floor(free / 1024 ** 2)} MB are free.`
    return [{ severity: free < full ? 'error' : 'warning', message, path: paths.state }]
  },
}

export default check
