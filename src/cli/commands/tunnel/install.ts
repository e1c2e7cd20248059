import { GatewayError } from '../../../kernel/errors.js'
import { tunnelFailure } from '../../../remote/tunnel/failures.js'
import { openTunnel } from '../../../remote/tunnel/open.js'
import { findSsh, openTunnelService } from '../../../remote/tunnel/open-service.js'
import type { TunnelPlan } from '../../../remote/tunnel/plan.js'
import { tunnelSpec, tunnelTitle } from '../../../remote/tunnel/service.js'
import { installService, standingOf } from '../../../service/apply.js'
import type { ServiceManager } from '../../../service/types.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { readTunnelPlan } from '../../tunnel/plan.js'
import { usableTunnelManager } from '../../tunnel/usable.js'

export default defineCommand({
  summary: 'tunnel.install.summary',
  description: 'tunnel.install.description',
  options: {
    force: { kind: 'flag', text: 'tunnel.install.force' },
    dryRun: { kind: 'flag', text: 'gateway.install.dryRun' },
    noCheck: { kind: 'flag', text: 'tunnel.install.noCheck' },
    ...jsonOption,
  },
  examples: [{ command: 'tunnel install' }, { command: 'tunnel install --dry-run' }],
  async run(context, _args, { force, dryRun, noCheck }) {
    const { out, t } = context
    const plan = await readTunnelPlan(context)
    const instance = await context.instance()
    const service = await openTunnelService(instance, context.env)
    const manager = dryRun && service.manager ? service.manager : usableTunnelManager(service)
    const ssh = await findSsh(context.env)
    if (ssh === undefined) throw tunnelFailure('ssh_missing', { target: plan.target, port: plan.localPort })
    const spec = tunnelSpec({ instance, plan, ssh, kind: manager.kind })
    if (dryRun) {
      const files = manager.files(spec)
      const facts = { manager: manager.kind, standing: await standingOf(manager, spec), files }
      out.result({ ok: true, action: 'install', dryRun: true, ...facts }, () => [
        ...files.flatMap(({ path, text }) => [t('gateway.install.wouldWrite', { path }), '', text.trimEnd(), '']),
        t('gateway.install.nothingWritten'),
      ])
      return 0
    }
    const { active } = await manager.state()
    // The port is its own then; and a service that fails for ever is no help to anybody.
    if (active !== 'running' && !noCheck) await tryOut(context, plan)
    const applied = await installService(manager, spec, { force })
    if (applied.before === 'same' && active === 'running') await manager.start()
    else await (active === 'running' ? manager.restart() : manager.start())
    return report(context, manager, plan, applied)
  },
})

/** One tunnel, opened and closed: host key, permission and port are judged before anything is written. */
async function tryOut(context: CommandContext, plan: TunnelPlan): Promise<void> {
  const { env } = await context.instance()
  const stop = new AbortController()
  const opening = openTunnel(plan, { env, signal: stop.signal })
  context.owns(async () => {
    stop.abort()
    await (await opening.catch(() => undefined))?.close()
  })
  await (await opening).close()
}

function report(
  { out, t, hint }: CommandContext,
  { kind, name, title }: ServiceManager,
  plan: TunnelPlan,
  { before, files, backup }: Awaited<ReturnType<typeof installService>>,
): number {
  if (before === 'other') throw new GatewayError('service_conflict')
  const result = { absent: 'installed', same: 'already-installed', differs: 'replaced', foreign: 'replaced' }[before]
  out.result({ ok: true, action: 'install', result, manager: kind, name, files, ...(backup && { backup }) }, () => [
    before === 'same' ? t('service.already', { title, name }) : t('service.installed', { title, name }),
    ...(files[0] ? [`  ${files[0]}`] : []),
    ...(backup ? [t('gateway.install.backup', { path: backup })] : []),
    t('tunnel.install.stands', { title: tunnelTitle(plan), command: hint('tunnel status') }),
  ])
  return 0
}
