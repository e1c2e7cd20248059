import type { Examined } from '../../doctor/examine.js'
import { toGatewayError } from '../../kernel/errors.js'
import { jsonOption } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { examineProfile, findingLines, findingRow } from '../examine-profile.js'

interface Done {
  readonly check: string
  readonly summary: string
  readonly error?: string
}

export default defineCommand({
  summary: 'doctor.summary',
  description: 'doctor.description',
  options: {
    fix: { kind: 'flag', alias: '--repair', text: 'doctor.option.fix' },
    dryRun: { kind: 'flag', text: 'doctor.option.dryRun' },
    deep: { kind: 'flag', text: 'doctor.option.deep' },
    nonInteractive: { kind: 'flag', text: 'doctor.option.nonInteractive', hidden: true },
    yes: { kind: 'flag', text: 'doctor.option.nonInteractive', hidden: true },
    ...jsonOption,
  },
  examples: [{ command: 'doctor' }, { command: 'doctor --fix' }, { command: 'doctor --deep --json' }],
  async run(context, _args, { fix, dryRun, deep }) {
    const look = () => examineProfile(context, deep)
    const before = await look()
    const done = fix && !dryRun ? await mend(before) : []
    const checks = done.length > 0 ? await look() : before
    const findings = checks.flatMap(({ id, findings: found }) => found.map((one) => findingRow(id, one)))
    const ok = findings.every(({ severity }) => severity !== 'error')
    const counted = { schemaVersion: 1, ok, checksRun: checks.length, findings, fixed: done }
    context.out.result(counted, () => lines(context, checks, done, fix || dryRun))
    return ok ? 0 : 1
  },
})

/** One after the other: each is shown with what came of it. */
async function mend(checks: readonly Examined[]): Promise<Done[]> {
  const done: Done[] = []
  for (const { id, findings } of checks) {
    for (const { fix } of findings) {
      if (!fix) continue
      const error = await fix.apply().then(
        () => undefined,
        (thrown: unknown) => toGatewayError(thrown).message,
      )
      done.push({ check: id, summary: fix.summary, ...(error !== undefined && { error }) })
    }
  }
  return done
}

function lines(
  context: CommandContext,
  checks: readonly Examined[],
  done: readonly Done[],
  wantsFix: boolean,
): string[] {
  const { out, t, hint } = context
  const said = checks.flatMap(({ title, findings }) => {
    if (findings.length === 0) return [`${out.style('✔', 'green')} ${title}`]
    return findings.flatMap((one) => findingLines(context, one, title))
  })
  const mended = done.map(({ summary, error }) =>
    error === undefined ? t('doctor.fixed', { summary }) : t('doctor.notFixed', { summary, error }),
  )
  const open = checks.some(({ findings }) => findings.some(({ fix }) => fix))
  const offer = open && !wantsFix ? ['', t('failure.try', { command: hint('doctor --fix') })] : []
  return [...mended, ...(mended.length > 0 ? [''] : []), ...said, ...offer]
}
