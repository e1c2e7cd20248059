import type { FixReport } from '../../../doctor/audit/fix.js'
import type { AuditReport } from '../../../doctor/audit/run.js'
import { clientOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { deepLook } from '../../security/deep.js'

const { url: _url, port: _port, timeout, ...wanted } = clientOptions

export default defineCommand({
  summary: 'security.audit.summary',
  description: 'security.audit.description',
  options: {
    check: { kind: 'flag', text: 'security.option.check' },
    deep: { kind: 'flag', text: 'security.option.deep' },
    fix: { kind: 'flag', text: 'security.option.fix' },
    dryRun: { kind: 'flag', text: 'security.option.dryRun' },
    auth: { kind: 'text', value: 'mode', text: 'security.option.deep', hidden: true },
    ...wanted,
    timeout,
  },
  examples: [
    { command: 'security audit' },
    { command: 'security audit --fix' },
    { command: 'security audit --deep --check --json' },
  ],
  async run(context, _args, { check, deep, fix, dryRun, token, password, timeout: limit }) {
    const [{ auditSecurity }, { fixSecurity }] = await Promise.all([
      import('../../../doctor/audit/run.js'),
      import('../../../doctor/audit/fix.js'),
    ])
    const { instance, config } = await localConfig(context)
    const looked = deep ? await deepLook(context, config, { token, password, timeout: limit }) : undefined
    const fixed = fix ? await fixSecurity(instance, { dryRun }) : undefined
    const found = await auditSecurity(instance, { now: Date.now(), more: looked?.findings ?? [] })
    const report = { ...found, ...(looked && { deep: looked.deep }) }
    const { secretDiagnostics } = report
    const told = fixed ? { fix: fixed, report, secretDiagnostics } : report
    context.out.result(told, () => [...fixLines(context, fixed, dryRun), ...lines(context, report)])
    if (fixed && !fixed.ok) return 1
    return check && report.summary.critical > 0 ? 1 : 0
  },
})

const marks = { critical: '✖', warn: '!', info: '·' } as const

function lines(
  { out, t, hint }: CommandContext,
  { findings, summary, suppressedFindings, secretDiagnostics }: AuditReport,
): string[] {
  const groups = (['critical', 'warn', 'info'] as const).flatMap((severity) => {
    const own = findings.filter((one) => one.severity === severity)
    if (own.length === 0) return []
    const rows = own.flatMap(({ checkId, title, detail, remediation }) => [
      `${marks[severity]} ${title}  [${checkId}]`,
      `    ${detail}`,
      ...(remediation ? [`    ${t('security.fix', { how: remediation })}`] : []),
    ])
    return [out.style(severity.toUpperCase(), severity === 'critical' ? 'red' : 'bold'), ...rows, '']
  })
  return [
    ...groups,
    t('security.counted', summary),
    ...(suppressedFindings ? [t('security.suppressed', { count: suppressedFindings.length })] : []),
    ...secretDiagnostics.map((one) => `· ${one}`),
    t('failure.try', { command: hint('doctor') }),
  ]
}

function fixLines({ t }: CommandContext, fixed: FixReport | undefined, dryRun: boolean): string[] {
  if (!fixed) return []
  const { actions, changes, errors } = fixed
  if (actions.length + changes.length + errors.length === 0) return [t('security.nothingToFix'), '']
  const done = [
    ...actions.map(({ path, mode, skipped }) => `chmod ${mode} ${path}${skipped === undefined ? '' : ` (${skipped})`}`),
    ...changes,
  ]
  return [
    t(dryRun ? 'security.wouldFix' : 'security.fixed'),
    ...done.map((one) => `  ${one}`),
    ...errors.map((one) => `! ${one}`),
    '',
  ]
}
