import { GatewayError } from '../kernel/errors.js'
import type { Kept, RemovalPlan } from '../setup/removal/types.js'
import type { CommandContext } from './context.js'
import type { Prompter } from './prompts/types.js'

type Words = Pick<CommandContext, 't' | 'out'>

/** The plan for programs. */
export function removalJson({ remove, keep }: RemovalPlan) {
  return { remove: remove.map(({ path, kind }) => ({ path, kind })), keep }
}

/** One line for each path, as the official tool writes it. */
export function removalLines({ remove, keep }: RemovalPlan, { t, out }: Words, dryRun: boolean): string[] {
  const verb = dryRun ? '[dry-run] remove' : t('removal.removed')
  return [
    ...(remove.length === 0 ? [t('removal.nothing')] : []),
    ...remove.map(({ path }) => `${verb} ${path}`),
    ...keep.map(({ path, why }) => out.style(t('removal.kept', { path, why: whyText(why, t) }), 'dim')),
  ]
}

function whyText(why: Kept['why'], t: Words['t']): string {
  const words = {
    other_profile: t('removal.why.otherProfile'),
    outside: t('removal.why.outside'),
    not_asked: t('removal.why.notAsked'),
  }
  return words[why]
}

/** Shows what goes and asks. Throws `confirmation_needed` where nobody can be asked, `cancelled` for a no. */
export async function confirmRemoval(
  plan: RemovalPlan,
  prompter: Prompter | undefined,
  { t, out }: Words,
  services: readonly { readonly manager: string; readonly name: string }[] = [],
): Promise<void> {
  if (!prompter) throw new GatewayError('confirmation_needed')
  const first = services.map(({ manager, name }) => `[dry-run] remove ${manager} ${name}`)
  prompter.note([...first, ...removalLines(plan, { t, out }, true)].join('\n'), t('removal.title'))
  if (!(await prompter.confirm({ message: t('removal.sure'), initial: false }))) throw new GatewayError('cancelled')
}
