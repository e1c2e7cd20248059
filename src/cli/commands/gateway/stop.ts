import { probeGateway } from '../../../client/probe.js'
import { freePort } from '../../../instance/conflict/force.js'
import { type RunRecord, readRunFile } from '../../../instance/run-file.js'
import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'

const probeTimeoutMs = 2000

/** Ends the gateway of this profile, and only when the live answer proves that it is this one. */
export default defineCommand({
  summary: 'gateway.stop.summary',
  description: 'gateway.stop.description',
  options: {
    force: { kind: 'flag', text: 'gateway.stop.force', hidden: true },
    disable: { kind: 'flag', text: 'option.unavailable', unavailable: true },
    ...jsonOption,
  },
  examples: [{ command: 'gateway stop' }, { command: '--profile rescue gateway stop' }],
  async run(context) {
    const { out, t } = context
    const instance = await context.instance()
    const record = await readRunFile(instance.paths.runFile)
    if (!record || !(await answers(record))) {
      out.result({ ok: true, stopped: false }, () => [t('gateway.stop.notRunning')])
      return 0
    }
    const pid = await freePort(instance, '127.0.0.1', record.port)
    out.result({ ok: true, stopped: true, pid, port: record.port }, () => [
      t('gateway.stop.stopped', { pid: pid ?? record.pid, port: record.port }),
    ])
    return 0
  },
})

async function answers({ scheme, port, instanceId }: RunRecord): Promise<boolean> {
  const base = new URL(`${scheme}://127.0.0.1:${port}/`)
  try {
    const probe = await probeGateway({ base, display: base.origin, timeoutMs: probeTimeoutMs })
    return probe.instanceId === instanceId
  } catch (error) {
    // Alive but too busy to answer is not "not running": stopping it is the point then.
    if (error instanceof GatewayError && error.code === 'gateway_unreachable') return error.details?.kind === 'timeout'
    throw error
  }
}
