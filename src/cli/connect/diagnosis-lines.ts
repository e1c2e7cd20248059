import type { DiagnosisCode } from '../../client/diagnose/codes.js'
import type { Stage } from '../../client/diagnose/stage.js'
import type { CommandContext } from '../context.js'

const marks = { ok: '✓', warning: '!', failed: '✗', skipped: '-' } as const
const colours = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const
const nameWidth = 8

/** `✓ tcp      127.0.0.1 port 18789 takes connections.`, and below it what to do. */
export function stageLines({ stage, outcome, code, message, next, values }: Stage, context: CommandContext): string[] {
  const { out, find } = context
  const text = find(`diagnose.${code}`, values) ?? message
  const todo = next === undefined ? undefined : (find(`diagnose.${code}.next`, values) ?? next)
  const indent = ' '.repeat(nameWidth + 3)
  return [
    `${out.style(marks[outcome], colours[outcome])} ${stage.padEnd(nameWidth)} ${text}`,
    ...(todo === undefined ? [] : [`${indent}${out.style('→', 'cyan')} ${withProfile(todo, code, context)}`]),
    ...(outcome === 'failed' || outcome === 'warning' ? [`${indent}${out.style(code, 'dim')}`] : []),
  ]
}

/** Commands in a text keep the active profile, except those for the other machine. */
function withProfile(text: string, code: DiagnosisCode, { hint }: CommandContext): string {
  const here = code === 'TCP_REFUSED_HERE' ? /openclaw (gateway run)/g : /openclaw (config set|tunnel run)/g
  return text.replace(here, (_, command: string) => hint(command))
}
