import { openTunnelService } from '../../../remote/tunnel/open-service.js'
import { uninstallService } from '../../../service/apply.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { usableTunnelManager } from '../../tunnel/usable.js'

/** Ends the tunnel and removes its definition. The config stays. */
export default defineCommand({
  summary: 'tunnel.uninstall.summary',
  description: 'tunnel.uninstall.description',
  options: { force: { kind: 'flag', text: 'gateway.uninstall.force' }, ...jsonOption },
  examples: [{ command: 'tunnel uninstall' }],
  async run(context, _args, { force }) {
    const { out, t } = context
    const service = await openTunnelService(await context.instance(), context.env)
    const installed = (await service.manager?.installed()) !== undefined
    const manager = installed ? usableTunnelManager(service) : service.manager
    const removed = installed && manager !== undefined && (await uninstallService(manager, service.owner, { force }))
    const facts = manager && { manager: manager.kind, name: manager.name }
    out.result({ ok: true, action: 'uninstall', removed, ...facts }, () => [
      removed && manager
        ? t('service.removed', { title: manager.title, name: manager.name })
        : t('tunnel.uninstall.nothing'),
    ])
    return 0
  },
})
