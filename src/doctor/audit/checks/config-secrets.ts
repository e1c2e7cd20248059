import { readConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import { scanConfig } from '../../../secrets/audit/scan-config.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const move = 'Run: openclaw secrets configure'

const check: AuditCheck = async ({ instance, config: { hooks } }) => {
  const read = await readConfig(configSource(instance))
  if (!read.ok) return []
  const plain = scanConfig(read, instance.paths.config).findings.filter(({ code }) => code === 'PLAINTEXT_FOUND')
  const findings: AuditFinding[] = []
  if (plain.some(({ jsonPath }) => jsonPath === 'gateway.auth.password')) {
    findings.push(
      finding(
        'config.secrets.gateway_password_in_config',
        'warn',
        'The password stands in the config',
        'People use a password elsewhere too; a copy of the file gives it away.',
        move,
      ),
    )
  }
  if (hooks?.enabled && hooks.token && !hooks.token.startsWith('${')) {
    findings.push(
      finding(
        'config.secrets.hooks_token_in_config',
        'info',
        'The token of hooks stands in the config',
        'It must be text; the file is readable by you alone.',
        'Write a variable there in its place: $ and {HOOKS_TOKEN}, and set that.',
      ),
    )
  }
  const rest = plain.filter(({ jsonPath }) => !jsonPath.startsWith('gateway.auth.'))
  if (rest.length > 0) {
    findings.push(
      finding(
        'config.secrets.plaintext',
        'info',
        'Secrets stand in the config as text',
        rest.map(({ jsonPath }) => jsonPath).join(', '),
        move,
      ),
    )
  }
  return findings
}

export default check
