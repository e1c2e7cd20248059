import type { Examined } from '../doctor/examine.js'
import type { DoctorFinding } from '../doctor/types.js'
import type { CommandContext } from './context.js'

/** What doctor finds in the profile that a command is about. */
export async function examineProfile(context: CommandContext, deep: boolean): Promise<Examined[]> {
  const [{ examine }, { startRefusal }] = await Promise.all([import('../doctor/examine.js'), import('../preflight.js')])
  const instance = await context.instance()
  return examine(instance, { deep, now: Date.now(), refusal: (loaded) => startRefusal(instance, loaded) })
}

/** A finding for programs. */
export function findingRow(checkId: string, { severity, message, path, next, fix }: DoctorFinding) {
  return {
    checkId,
    severity,
    message,
    ...(path && { path }),
    ...(next && { next }),
    ...(fix && { fixHint: fix.summary }),
  }
}

const marks = { error: '✖', warning: '!', info: '·' }

/** A finding for people. */
export function findingLines(
  { t, hint }: CommandContext,
  { severity, message, path, next, fix }: DoctorFinding,
  title?: string,
): string[] {
  return [
    `${marks[severity]} ${title === undefined ? '' : `${title}: `}${message}${path ? ` (${path})` : ''}`,
    ...(fix ? [`    ${t('doctor.wouldFix', { summary: fix.summary })}`] : []),
    ...(next ? [`    ${t('failure.try', { command: hint(next) })}`] : []),
  ]
}
