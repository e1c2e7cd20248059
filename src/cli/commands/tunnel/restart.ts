import { GatewayError } from '../../../kernel/errors.js'
import { openTunnelService } from '../../../remote/tunnel/open-service.js'
import { isOwn } from '../../../service/apply.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { usableTunnelManager } from '../../tunnel/usable.js'

export default defineCommand({
  summary: 'tunnel.restart.summary',
  description: 'tunnel.restart.description',
  options: jsonOption,
  examples: [{ command: 'tunnel restart' }],
  async run(context) {
    const { out, t } = context
    const service = await openTunnelService(await context.instance(), context.env)
    const manager = usableTunnelManager(service)
    if (!(await isOwn(manager, service.owner))) {
      throw new GatewayError('service_not_installed', { details: { kind: 'tunnel', next: 'tunnel install' } })
    }
    await manager.restart()
    const { kind, name, title } = manager
    out.result({ ok: true, action: 'restart', result: 'restarted', manager: kind, name }, () => [
      t('service.restarted', { title, name }),
    ])
    return 0
  },
})
