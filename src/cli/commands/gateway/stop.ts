import { freePort } from '../../../instance/conflict/force.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { installedManager, serviceOf } from '../../service/open.js'
import { runningGateway } from '../../service/running.js'

/** Ends the gateway of this profile: its service, and a process only when the live answer proves that it is this one. */
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
    const service = await serviceOf(context)
    // Without a session the process itself can still be asked to end: no manager starts again what ends well.
    const manager = service.missing === undefined ? await installedManager(service) : undefined
    const { active } = (await manager?.state()) ?? {}
    if (manager && (active === 'running' || active === 'starting')) {
      await manager.stop()
      const { kind, name, title } = manager
      const text = t('service.stopped', { title, name })
      // One that was started by hand may be there besides.
      const stray = await endRunning()
      const facts = { ok: true, action: 'stop', stopped: true, manager: kind, name }
      out.result({ ...facts, ...stray }, () => [text, ...(stray ? [t('gateway.stop.stopped', stray)] : [])])
      return 0
    }
    const ended = await endRunning()
    out.result({ ok: true, action: 'stop', stopped: ended !== undefined, ...ended }, () => [
      ended ? t('gateway.stop.stopped', ended) : t('gateway.stop.notRunning'),
    ])
    return 0

    async function endRunning(): Promise<{ pid: number; port: number } | undefined> {
      const record = await runningGateway(service.instance)
      if (!record) return undefined
      const pid = await freePort(service.instance, '127.0.0.1', record.port)
      return { pid: pid ?? record.pid, port: record.port }
    }
  },
})
