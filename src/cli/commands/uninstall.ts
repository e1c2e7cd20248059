import type { Instance } from '../../instance/types.js'
import { removePlanned, throwIfFailed } from '../../setup/removal/remove.js'
import { jsonOption } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { openPrompter } from '../prompts/open.js'
import { confirmRemoval, removalJson, removalLines } from '../removal.js'
import { type InstalledService, installedServices } from '../service/installed.js'
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
    const services = wanted.includes('service') ? await installedServices(context) : []
    const named = services.map(({ what, manager: { kind, name } }) => ({ what, manager: kind, name }))
    const facts = { action: 'uninstall', profile: instance.profile, scopes: wanted, dryRun, services: named }
    if (dryRun) {
      out.result({ ok: true, ...facts, ...removalJson(first) }, () => [
        ...named.map(({ manager, name }) => `[dry-run] remove ${manager} ${name}`),
        ...removalLines(first, context, true),
      ])
      return 0
    }
    if (!yes) await confirmRemoval(first, prompter, context, named)
    const ended = await removeServices(services)
    const everything = wish.state && hasState(instance, first)
    const deletes = wish.state || wish.workspace
    const lock = { everything, waitMs: ended > 0 ? releaseMs : 0 }
    const outcome = deletes ? await removePlanned(instance, plan, lock) : { removed: [], failed: [] }
    throwIfFailed(outcome)
    out.result({ ok: true, ...facts, ...removalJson(first), removed: outcome.removed }, () => [
      ...services.map(({ manager: { title, name } }) => t('service.removed', { title, name })),
      ...(wanted.includes('service') && ended === 0 ? [t('gateway.uninstall.nothing')] : []),
      ...(deletes ? removalLines(first, context, false) : []),
      t('uninstall.program'),
    ])
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

/** Ends the services and removes their definitions. Gives how many; a definition of somebody else is refused. */
async function removeServices(services: readonly InstalledService[]): Promise<number> {
  const { uninstallService } = await import('../../service/apply.js')
  let ended = 0
  for (const { manager, owner } of services) if (await uninstallService(manager, owner, { force: false })) ended += 1
  return ended
}
