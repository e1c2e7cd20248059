import { throwIfFailed } from '../../setup/removal/remove.js'
import { resetProfile } from '../../setup/removal/reset.js'
import { type ResetScope, resetScopes } from '../../setup/removal/types.js'
import { jsonOption } from '../client-options.js'
import { defineCommand } from '../define.js'
import { openPrompter } from '../prompts/open.js'
import { confirmRemoval, removalJson, removalLines } from '../removal.js'
import { usageError } from '../usage.js'

/** Empties the profile so that it can be set up anew. What goes is listed first, path by path. */
export default defineCommand({
  summary: 'reset.summary',
  description: 'reset.description',
  options: {
    scope: { kind: 'choice', choices: resetScopes, text: 'reset.option.scope' },
    yes: { kind: 'flag', text: 'option.yes', short: 'y' },
    nonInteractive: { kind: 'flag', text: 'option.nonInteractive' },
    dryRun: { kind: 'flag', text: 'reset.option.dryRun' },
    ...jsonOption,
  },
  examples: [
    { command: 'reset --scope config --dry-run' },
    { command: 'reset --scope config+creds+sessions --yes --non-interactive' },
    { command: '--profile rescue reset --scope full --yes' },
  ],
  async run(context, _args, { scope: given, yes, nonInteractive, dryRun }) {
    const { out, t, hint } = context
    const instance = await context.instance()
    const prompter = nonInteractive ? undefined : await openPrompter(context)
    const scope = given ?? (await prompter?.select<ResetScope>(scopeQuestion(t)))
    if (scope === undefined) throw usageError(t('reset.whichScope'), 'reset --help')
    const { planReset } = await import('../../setup/removal/plan.js')
    const plan = await planReset(instance, scope)
    const facts = { action: 'reset', scope, profile: instance.profile }
    if (dryRun || plan.remove.length === 0) {
      out.result({ ok: true, ...facts, dryRun, ...removalJson(plan) }, () => removalLines(plan, context, true))
      return 0
    }
    if (!yes) await confirmRemoval(plan, prompter, context)
    const outcome = await resetProfile(instance, scope)
    throwIfFailed(outcome)
    const { removed, backup } = outcome
    out.result({ ok: true, ...facts, dryRun, ...removalJson(plan), removed, ...(backup && { backup }) }, () => [
      ...removalLines(plan, context, false),
      ...(backup ? [t('reset.backup', { path: backup })] : []),
      t('setup.next', { command: hint('setup') }),
    ])
    return 0
  },
})

function scopeQuestion(t: Parameters<typeof removalLines>[1]['t']) {
  const hints = {
    config: t('reset.scope.config'),
    'config+creds+sessions': t('reset.scope.sessions'),
    full: t('reset.scope.full'),
  }
  const choices = resetScopes.map((value) => ({ value, label: value, hint: hints[value] }))
  return { message: t('reset.whichScope'), choices, initial: 'config' as const }
}
