import type { IsolationReport } from '../../../doctor/isolation/check.js'
import { ownedKinds } from '../../../doctor/isolation/types.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'isolation.check.summary',
  description: 'isolation.check.description',
  args: [
    { name: 'a', text: 'isolation.arg.profile' },
    { name: 'b', text: 'isolation.arg.profile' },
    { name: 'c', text: 'isolation.arg.profile' },
    { name: 'd', text: 'isolation.arg.profile' },
  ],
  options: jsonOption,
  examples: [{ command: 'isolation check' }, { command: 'isolation check main rescue' }],
  async run(context, { a, b, c, d }) {
    const { checkIsolation } = await import('../../../doctor/isolation/check.js')
    const names = [a, b, c, d].filter((name) => name !== undefined)
    const report = await checkIsolation(await context.instance(), names)
    const { ok, profiles, findings } = report
    const told = profiles.map(({ profile, owned, unknown }) => ({
      profile,
      unknown,
      owns: owned.map(({ kind, shown }) => ({ kind, shown })),
    }))
    context.out.result({ ok, profiles: told, findings }, () => lines(context, report))
    return ok ? 0 : 1
  },
})

/** One row for each thing that must not be shared, then what to change. */
function lines({ out, t }: CommandContext, { ok, profiles, findings }: IsolationReport): string[] {
  if (profiles.length < 2) return [t('isolation.alone')]
  const head = [t('isolation.column.what'), t('isolation.column.verdict'), ...profiles.map(({ profile }) => profile)]
  const rows = ownedKinds.map((kind) => {
    const found = findings.filter((one) => one.kind === kind)
    const bad = found.some(({ severity }) => severity === 'violation')
    const owned = profiles.map((one) => one.owned.filter((thing) => thing.kind === kind).map(({ shown }) => shown))
    return [t(`isolation.kind.${kind}`), bad ? '✖' : found.length > 0 ? '!' : '✔', ...owned.map(short)]
  })
  const fixes = findings.map(({ severity, kind, profiles: who, shown, fix }) => {
    const key = severity === 'violation' ? 'isolation.violation' : 'isolation.warning'
    return t(key, { kind: t(`isolation.kind.${kind}`), profiles: who.join(', '), shown, fix: fix.join('; ') })
  })
  return [...table(out, head, rows), '', ...fixes, t(ok ? 'isolation.ok' : 'isolation.bad')]
}

const short = (shown: readonly string[]) =>
  shown.length > 2 ? `${shown.slice(0, 2).join(', ')}, ...` : shown.join(', ') || '-'
