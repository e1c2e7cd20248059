import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DoctorCheck, DoctorFinding } from '../types.js'

/** Bits that anybody but the owner has. */
const others = 0o077

const check: DoctorCheck = {
  title: 'Permissions',
  async run({ instance: { paths } }) {
    // Windows has no such bits.
    if (process.platform === 'win32') return []
    const credentials = await readdir(paths.credentials).catch(() => [])
    const found = await Promise.all([
      tooOpen(paths.state, 0o700),
      tooOpen(paths.config, 0o600),
      tooOpen(paths.database, 0o600),
      tooOpen(paths.credentials, 0o700),
      ...credentials.map((name) => tooOpen(join(paths.credentials, name), undefined)),
    ])
    return found.filter((one) => one !== undefined)
  },
}

/** `mode`: as it should be; that of the kind when undefined. */
async function tooOpen(path: string, mode: number | undefined): Promise<DoctorFinding | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found || (found.mode & others) === 0) return undefined
  const wanted = mode ?? (found.isDirectory() ? 0o700 : 0o600)
  const octal = (bits: number) => (bits & 0o777).toString(8)
  return {
    severity: 'error',
    message: `Other users of this machine can get at it (mode ${octal(found.mode)}).`,
    path,
    fix: { summary: `chmod ${octal(wanted)} ${path}`, apply: () => chmod(path, wanted) },
  }
}

export default check
