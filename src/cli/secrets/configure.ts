import { resolve } from 'node:path'
import type { Config } from '../../../schemas/config/index.js'
import { authoredOf } from '../../config/authored.js'
import { readConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { GatewayError } from '../../kernel/errors.js'
import { type Applied, applyPlan } from '../../secrets/plan/apply.js'
import { candidatesOf } from '../../secrets/plan/candidates.js'
import { checkPlan } from '../../secrets/plan/read-plan.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'
import { openPrompter } from '../prompts/open.js'
import type { Prompter } from '../prompts/types.js'
import { stopSignal } from '../stop-signal.js'
import { usageError } from '../usage.js'
import { accountCandidates } from './account-candidates.js'
import { appliedLines } from './applied-lines.js'
import { applyOptions } from './apply-options.js'
import { askPlan } from './ask-plan.js'
import { givenPlan } from './given-plan.js'
import type { ConfigureOptions } from './types.js'

/** Makes a plan, from answers or from options, tries it, and writes it or carries it out. */
export async function runConfigure(context: CommandContext, options: ConfigureOptions): Promise<number> {
  const { out, t } = context
  if (options.providersOnly && options.skipProviderSetup) throw usageError(t('secrets.configure.onlyOrSkip'))
  const { instance, config } = await localConfig(context)
  const read = await readConfig(configSource(instance))
  const authored = (read.ok ? (authoredOf(read)?.tree ?? {}) : {}) as Config
  const dir = (await applyOptions(context, { ...options, dryRun: true, signal: new AbortController().signal })).agentDir
  const accounts = options.agent === undefined ? [] : await accountCandidates(options.agent, dir(options.agent))
  const candidates = [...candidatesOf(authored), ...accounts]
  const given = options.setProviders !== undefined || options.setRefs !== undefined
  const prompter = given ? undefined : await openPrompter(context)
  if (!given && !prompter) throw usageError(t('secrets.configure.needsAnswers'))
  const draft = prompter ? await askPlan(prompter, t, config, candidates, options) : givenPlan(t, candidates, options)
  const plan = { version: 1 as const, protocolVersion: 1 as const, ...draft }
  if (draft.targets.length === 0 && Object.keys(draft.providerUpserts).length === 0) {
    out.result({ ok: true, plan, changed: false }, () => [t('secrets.apply.nothing')])
    return 0
  }
  const allowExec = options.allowExec || (await mayRun(prompter, t, plan))
  const { signal, release } = stopSignal(context.io)
  try {
    const tryOut = await applyPlan(
      instance,
      checkPlan(plan),
      await applyOptions(context, { dryRun: true, allowExec, signal }),
    )
    const file = options.planOut === undefined ? undefined : resolve(context.io.cwd, options.planOut)
    if (file !== undefined) await writeAtomic(file, `${JSON.stringify(plan, null, 2)}\n`)
    const wanted = await mayApply(context, prompter, options, tryOut)
    const applied = wanted
      ? await applyPlan(instance, checkPlan(plan), await applyOptions(context, { dryRun: false, allowExec, signal }))
      : undefined
    const told = { ok: true, plan, preflight: tryOut, ...(file && { planPath: file }), ...(applied && { applied }) }
    out.result(told, () => [
      ...(file ? [t('secrets.configure.written', { file })] : []),
      ...appliedLines(context, applied ?? tryOut),
    ])
    return 0
  } finally {
    release()
  }
}

/** A plan with references to programs must be tried by running them; a person may say so. */
async function mayRun(
  prompter: Prompter | undefined,
  t: CommandContext['t'],
  plan: { readonly targets: readonly object[] },
): Promise<boolean> {
  const runs = plan.targets.some((target) => (target as { ref?: { source?: unknown } }).ref?.source === 'exec')
  if (!runs || !prompter) return false
  return prompter.confirm({ message: t('secrets.ask.allowExec'), initial: true })
}

async function mayApply(
  context: CommandContext,
  prompter: Prompter | undefined,
  { apply, yes, planOut }: ConfigureOptions,
  tryOut: Applied,
): Promise<boolean> {
  if (yes && apply) return true
  if (prompter && (apply || planOut === undefined)) {
    prompter.note(appliedLines(context, tryOut).join('\n'), context.t('secrets.ask.plan'))
    return prompter.confirm({ message: context.t('secrets.ask.apply'), initial: true })
  }
  if (apply) throw new GatewayError('confirmation_needed')
  return false
}
