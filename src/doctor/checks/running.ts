import { rm } from 'node:fs/promises'
import { probeGateway } from '../../client/probe.js'
import { readRunFile } from '../../instance/run-file.js'
import { GatewayError } from '../../kernel/errors.js'
import type { DoctorCheck } from '../types.js'

const probeMs = 1_500

const check: DoctorCheck = {
  title: 'Running gateway',
  async run({ instance: { paths } }) {
    const record = await readRunFile(paths.runFile)
    if (!record) return [{ severity: 'info', message: 'No gateway of this profile is running.', next: 'gateway' }]
    const base = new URL(`${record.scheme}://127.0.0.1:${record.port}/`)
    try {
      const { instanceId } = await probeGateway({ base, display: base.origin, timeoutMs: probeMs })
      if (instanceId === record.instanceId) return []
      const message = `Port ${record.port} answers, but it is another gateway than the run-file says (pid ${record.pid}).`
      return [{ severity: 'error', message, path: paths.runFile, next: 'profiles list' }]
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (runs(record.pid)) {
        const message = `The gateway (pid ${record.pid}) does not answer on port ${record.port}: it hangs, or is starting.`
        return [{ severity: 'error', message, next: 'logs --limit 50' }]
      }
      const fix = { summary: `remove ${paths.runFile}`, apply: () => rm(paths.runFile, { force: true }) }
      const message = `A gateway (pid ${record.pid}) ended without a goodbye and left its run-file.`
      return [{ severity: 'warning', message, path: paths.runFile, next: 'gateway', fix }]
    }
  },
}

/** Only whether there is such a process; a start never depends on it. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export default check
