import { rm } from 'node:fs/promises'
import { probeGateway } from '../../client/probe.js'
import { recordAddress } from '../../client/record-address.js'
import { processAge } from '../../instance/conflict/process-age.js'
import { readRunFile } from '../../instance/run-file.js'
import { GatewayError } from '../../kernel/errors.js'
import { findStray } from '../stray.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const probeMs = 1_500
const idle: DoctorFinding = { severity: 'info', message: 'No gateway of this profile is running.', next: 'gateway' }

const check: DoctorCheck = {
  title: 'Running gateway',
  async run({ instance: { paths } }) {
    const record = await readRunFile(paths.runFile)
    if (!record) {
      const stray = await findStray(paths.state)
      if (stray === undefined) return [idle]
      const message = `A gateway (pid ${stray}) runs on files of this profile that were deleted or moved. End it: kill ${stray}`
      return [{ severity: 'error', message, path: paths.state }]
    }
    try {
      const { instanceId } = await probeGateway({ ...recordAddress(record), timeoutMs: probeMs })
      if (instanceId === record.instanceId) return []
      const message = `Port ${record.port} answers, but it is another gateway than the run-file says (pid ${record.pid}).`
      return [{ severity: 'error', message, path: paths.runFile, next: 'profiles list' }]
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if ((await processAge(record.pid)) !== undefined) {
        const message = `The gateway (pid ${record.pid}) does not answer on port ${record.port}: it hangs, or is starting.`
        return [{ severity: 'error', message, next: 'gateway restart' }]
      }
      const fix = { summary: `remove ${paths.runFile}`, apply: () => rm(paths.runFile, { force: true }) }
      const message = `A gateway (pid ${record.pid}) ended without a goodbye and left its run-file.`
      return [{ severity: 'warning', message, path: paths.runFile, next: 'gateway', fix }]
    }
  },
}

export default check
