import type { AuditReport } from '../../../secrets/audit/audit.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { credentialNames } from '../../secrets/credential-names.js'
import { stopSignal } from '../../stop-signal.js'

export default defineCommand({
  summary: 'secrets.audit.summary',
  description: 'secrets.audit.description',
  options: {
    check: { kind: 'flag', text: 'secrets.option.check' },
    allowExec: { kind: 'flag', text: 'secrets.option.allowExec' },
    ...jsonOption,
  },
  examples: [{ command: 'secrets audit' }, { command: 'secrets audit --check --allow-exec' }],
  async run(context, _args, { check, allowExec }) {
    const { auditSecrets } = await import('../../../secrets/audit/audit.js')
    const { instance } = await localConfig(context)
    const { signal, release } = stopSignal(context.io)
    try {
      const report = await auditSecrets(instance, { allowExec, credentialNames: credentialNames(), signal })
      context.out.result(report, () => lines(context, report))
      if (report.status === 'unresolved') return 2
      return check && report.status === 'findings' ? 1 : 0
    } finally {
      release()
    }
  },
})

function lines({ t, hint }: CommandContext, { findings, resolution, filesScanned }: AuditReport): string[] {
  const { refsChecked, skippedExecRefs } = resolution
  const found = findings.map(({ code, severity, file, jsonPath, message }) => {
    const mark = severity === 'error' ? '✖' : '!'
    return `${mark} ${code}  ${jsonPath}  (${file})\n    ${message}`
  })
  const skipped = skippedExecRefs > 0 ? [t('secrets.audit.skipped', { count: skippedExecRefs })] : []
  const plain = findings.some(({ code }) => code === 'PLAINTEXT_FOUND')
  return [
    ...found,
    ...(found.length > 0 ? [''] : []),
    t('secrets.audit.counted', { findings: findings.length, refs: refsChecked, files: filesScanned.length }),
    ...skipped,
    ...(plain ? [t('failure.try', { command: hint('secrets configure') })] : []),
  ]
}
