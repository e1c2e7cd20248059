import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { installedManager, serviceOf } from '../../service/open.js'
import { runningGateway } from '../../service/running.js'
import { startPlain, startService } from '../../service/start.js'

/** Starts the service, or a gateway in the background where there is no service manager; waits until it answers. */
export default defineCommand({
  summary: 'gateway.start.summary',
  description: 'gateway.start.description',
  options: { ...jsonOption },
  examples: [{ command: 'gateway start' }, { command: '--profile rescue gateway start' }],
  async run(context) {
    const { out, t } = context
    const service = await serviceOf(context)
    const running = await runningGateway(service.instance)
    if (running) {
      const { pid, port } = running
      out.result({ ok: true, action: 'start', result: 'already-running', pid, port }, () => [
        t('gateway.start.already', { pid, port }),
      ])
      return 0
    }
    const manager = await installedManager(service)
    if (!manager && service.missing === undefined) throw new GatewayError('service_not_installed')
    const { pid, port } = manager ? await startService(service, manager, 'start') : await startPlain(context, service)
    const facts = { manager: manager?.kind ?? 'none', ...(manager && { name: manager.name }), pid, port }
    out.result({ ok: true, action: 'start', result: 'started', ...facts }, () =>
      manager
        ? [t('service.started', { title: manager.title, name: manager.name }), t('service.answers', { pid, port })]
        : [t('gateway.start.plain', { pid, port }), t('gateway.start.unattended')],
    )
    return 0
  },
})
