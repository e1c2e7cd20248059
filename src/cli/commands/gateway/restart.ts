import { freePort } from '../../../instance/conflict/force.js'
import type { RunRecord } from '../../../instance/run-file.js'
import { GatewayError } from '../../../kernel/errors.js'
import type { ServiceManager } from '../../../service/types.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { installedManager, type OpenService, serviceOf } from '../../service/open.js'
import { runningGateway } from '../../service/running.js'
import { startPlain, startService } from '../../service/start.js'

/** Process 1 of a container: whoever ends it ends the container, and this command with it. */
const firstProcess = 1

/** Ends the gateway as `stop` does and starts it as `start` does; one that did not run is started. */
export default defineCommand({
  summary: 'gateway.restart.summary',
  description: 'gateway.restart.description',
  options: {
    force: { kind: 'flag', text: 'gateway.stop.force', hidden: true },
    safe: { kind: 'flag', text: 'gateway.stop.force', hidden: true },
    skipDeferral: { kind: 'flag', text: 'option.unavailable', unavailable: true },
    wait: { kind: 'text', value: 'duration', text: 'option.unavailable', unavailable: true },
    preserveDefinition: { kind: 'flag', text: 'option.unavailable', unavailable: true },
    ...jsonOption,
  },
  examples: [{ command: 'gateway restart' }, { command: '--profile rescue gateway restart' }],
  async run(context) {
    const { out, t } = context
    const service = await serviceOf(context)
    const manager = await installedManager(service)
    if (!manager && service.missing === undefined) throw new GatewayError('service_not_installed')
    const before = await runningGateway(service.instance)
    const after = manager
      ? await restartService(service, manager, before)
      : await restartPlain(context, service, before)
    const { pid, port } = after
    const facts = { manager: manager?.kind ?? 'none', ...(manager && { name: manager.name }), pid, port }
    out.result({ ok: true, action: 'restart', result: 'restarted', previousPid: before?.pid, ...facts }, () =>
      manager
        ? [t('service.restarted', { title: manager.title, name: manager.name }), t('service.answers', { pid, port })]
        : [t('gateway.restart.plain', { pid, port }), t('gateway.start.unattended')],
    )
    return 0
  },
})

async function restartService(
  service: OpenService,
  manager: ServiceManager,
  before: RunRecord | undefined,
): Promise<RunRecord> {
  const { active } = await manager.state()
  const supervised = active === 'running' || active === 'starting'
  // One that was started by hand makes room for the service; both at once would meet at the lock.
  if (before && !supervised) await freePort(service.instance, '127.0.0.1', before.port)
  return startService(service, manager, supervised ? 'restart' : 'start', before?.instanceId)
}

async function restartPlain(
  context: CommandContext,
  service: OpenService,
  before: RunRecord | undefined,
): Promise<RunRecord> {
  if (before?.pid === firstProcess) throw new GatewayError('service_unavailable', { details: { kind: 'container' } })
  if (before) await freePort(service.instance, '127.0.0.1', before.port)
  return startPlain(context, service)
}
