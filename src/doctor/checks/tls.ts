import { chmod, stat } from 'node:fs/promises'
import { GatewayError } from '../../kernel/errors.js'
import { tlsFiles } from '../../remote/tls/files.js'
import { loadTls } from '../../remote/tls/load.js'
import { isWithin, realOf } from '../../setup/removal/roots.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const dayMs = 86_400_000
/** A renewal that has not come by then has probably failed. */
const soonDays = 14
/** Read or written by anybody but the owner. */
const others = 0o077

/** The certificate of the gateway's own port: usable, not about to run out, its key the owner's alone. */
const check: DoctorCheck = {
  title: 'TLS',
  async run({ instance, config, now }) {
    if (config.gateway?.tls?.enabled !== true) return []
    const files = tlsFiles(config, instance.paths)
    const { mode } = await stat(files.key).catch(() => ({ mode: 0 }))
    const findings: DoctorFinding[] = []
    if (process.platform !== 'win32' && (mode & others) !== 0) {
      const fix = { summary: `chmod 600 ${files.key}`, apply: () => chmod(files.key, 0o600) }
      const message = 'Others on this machine can read the private key.'
      // A key elsewhere may be meant for more programs than this one (0640 and a group of its own).
      const own = isWithin(await realOf(files.key), await realOf(instance.paths.state))
      findings.push({ severity: 'warning', message, path: files.key, ...(own && { fix }) })
    }
    try {
      // A pair that is to be made at the first start is not missing yet.
      const { expiresAt } = await loadTls({ ...files, autoGenerate: false }, { nowMs: now })
      const days = Math.floor((expiresAt.getTime() - now) / dayMs)
      const until = expiresAt.toISOString().slice(0, 10)
      if (days < 0)
        findings.push({ severity: 'error', message: `The certificate ran out on ${until}.`, path: files.cert })
      else if (days < soonDays) {
        findings.push({ severity: 'warning', message: `The certificate runs out on ${until}.`, path: files.cert })
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      const absent = error.details?.reason === 'missing' && files.autoGenerate
      if (!absent) findings.push({ severity: 'error', message: error.message, path: files.cert })
    }
    return findings
  },
}

export default check
