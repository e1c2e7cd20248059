import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { removePlanned, throwIfFailed } from '../../setup/removal/remove.js'
import { jsonOption } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { openPrompter } from '../prompts/open.js'
import { confirmRemoval, removalJson, removalLines } from '../removal.js'
import { type OpenService, serviceOf } from '../service/open.js'
import { usageError } from '../usage.js'

/** A service that was just ended gives its locks back when its turns are done. */
const releaseMs = 20_000
const scopes = ['service', 'state', 'workspace'] as const
type Scope = (typeof scopes)[number]

/** Removes the profile from this machine, in the parts that are asked for. The program itself stays. */
export default defineCommand({
  summary: 'uninstall.summary',
  description: 'uninstall.description',
  options: {
    service: { kind: 'flag', text: 'uninstall.option.service' },
    state: { kind: 'flag', text: 'uninstall.option.state' },
    workspace: { kind: 'flag', text: 'uninstall.option.workspace' },
    app: { kind: 'flag', text: 'option.unavailable', unavailable: true },
    all: { kind: 'flag', text: 'uninstall.option.all' },
    yes: { kind: 'flag', text: 'option.yes', short: 'y' },
    nonInteractive: { kind: 'flag', text: 'option.nonInteractive' },
    dryRun: { kind: 'flag', text: 'reset.option.dryRun' },
    ...jsonOption,
  },
  examples: [
    { command: 'uninstall --all --dry-run' },
    { command: '--profile rescue uninstall --service --state --yes --non-interactive' },
  ],
  async run(context, _args, options) {
    const { out, t } = context
    const { yes, nonInteractive, dryRun } = options
    const instance = await context.instance()
    const prompter = nonInteractive ? undefined : await openPrompter(context)
    const asked = scopes.filter((scope) => options.all || options[scope])
    const wanted = asked.length > 0 ? asked : await prompter?.pick<Scope>(scopeQuestion(t))
    if (!wanted || wanted.length === 0) throw usageError(t('uninstall.whichScope'), 'uninstall --help')
    const wish = { state: wanted.includes('state'), workspace: wanted.includes('workspace') }
    const { planUninstall } = await import('../../setup/removal/plan.js')
    const plan = () => planUninstall(instance, wish)
    const first = await plan()
    const service = wanted.includes('service') ? await installedService(context) : undefined
    const facts = { action: 'uninstall', profile: instance.profile, scopes: wanted }
    const found = service && { manager: service.manager?.kind, name: service.manager?.name }
    if (dryRun) {
      out.result({ ok: true, ...facts, dryRun, service: found ?? null, ...removalJson(first) }, () => [
        ...(found ? [`[dry-run] remove ${found.manager} ${found.name}`] : []),
        ...removalLines(first, context, true),
      ])
      return 0
    }
    if (!yes) await confirmRemoval(first, prompter, context)
    const removedService = service !== undefined && (await removeService(service))
    const deletes = wish.state || wish.workspace
    const outcome = deletes
      ? await removePlanned(instance, plan, {
          everything: wish.state && hasState(instance, first),
          waitMs: removedService ? releaseMs : 0,
        })
      : { removed: [], failed: [] }
    throwIfFailed(outcome)
    const { removed } = outcome
    out.result(
      { ok: true, ...facts, dryRun, service: found ?? null, removedService, ...removalJson(first), removed },
      () => [
        ...(removedService && service?.manager
          ? [t('service.removed', { title: service.manager.title, name: service.manager.name })]
          : wanted.includes('service')
            ? [t('gateway.uninstall.nothing')]
            : []),
        ...(deletes ? removalLines(first, context, false) : []),
        t('uninstall.program'),
      ],
    )
    return 0
  },
})

function scopeQuestion(t: CommandContext['t']) {
  const labels = {
    service: t('uninstall.option.service'),
    state: t('uninstall.option.state'),
    workspace: t('uninstall.option.workspace'),
  }
  const choices = scopes.map((value) => ({ value, label: value, hint: labels[value] }))
  return { message: t('uninstall.whichScope'), choices, initial: ['service', 'state'] as const }
}

/** An untouched machine stays so: locking makes the state directory. */
function hasState({ paths }: Instance, { remove }: { readonly remove: readonly { path: string }[] }): boolean {
  return remove.some(({ path }) => path.startsWith(paths.state))
}

/** The service of this profile when there is one. Throws `service_unavailable` when its manager cannot be asked. */
async function installedService(context: CommandContext): Promise<OpenService | undefined> {
  const service = await serviceOf(context)
  const { manager, missing, host } = service
  if (!manager || (await manager.installed()) === undefined) return undefined
  if (missing === undefined) return service
  const values = { name: manager.name, uid: String(host.uid ?? '') }
  throw new GatewayError('service_unavailable', { details: { kind: 'installed', values } })
}

async function removeService({ manager, owner }: OpenService): Promise<boolean> {
  const { uninstallService } = await import('../../service/apply.js')
  return manager !== undefined && uninstallService(manager, owner, { force: false })
}
