import type { Applied } from '../../secrets/plan/apply.js'
import type { CommandContext } from '../context.js'

/** What a plan did, or would do. */
export function appliedLines(
  { t, hint }: CommandContext,
  { changed, dryRun, files, changes, different }: Applied,
): string[] {
  if (!changed) return [t('secrets.apply.nothing')]
  return [
    t(dryRun ? 'secrets.apply.would' : 'secrets.apply.done'),
    ...changes.map((one) => `  ${one}`),
    t('secrets.apply.files'),
    ...files.map((one) => `  ${one}`),
    ...different.map((path) => `! ${t('secrets.apply.different', { path })}`),
    ...(dryRun ? [] : [t('failure.try', { command: hint('secrets audit') })]),
  ]
}
