import { GatewayError } from '../../../kernel/errors.js'
import { uninstallService } from '../../../service/apply.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { serviceOf } from '../../service/open.js'

/** Ends the service and removes its definition. Config, state and workspace stay. */
export default defineCommand({
  summary: 'gateway.uninstall.summary',
  description: 'gateway.uninstall.description',
  options: { force: { kind: 'flag', text: 'gateway.uninstall.force' }, ...jsonOption },
  examples: [{ command: 'gateway uninstall' }, { command: '--profile rescue gateway uninstall --json' }],
  async run(context, _args, { force }) {
    const { out, t } = context
    const { manager, missing, owner, host } = await serviceOf(context)
    if (manager && missing !== undefined && (await manager.installed()) !== undefined) {
      const values = { name: manager.name, uid: String(host.uid ?? '') }
      throw new GatewayError('service_unavailable', { details: { kind: 'installed', values } })
    }
    const removed = manager !== undefined && (await uninstallService(manager, owner, { force }))
    const facts = manager && { manager: manager.kind, name: manager.name }
    out.result({ ok: true, action: 'uninstall', removed, ...facts }, () =>
      removed && manager
        ? [t('service.removed', { title: manager.title, name: manager.name }), t('gateway.uninstall.kept')]
        : [t('gateway.uninstall.nothing')],
    )
    return 0
  },
})
