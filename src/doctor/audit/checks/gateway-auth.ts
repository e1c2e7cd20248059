import { isPlaceholder } from '../../../secrets/audit/placeholder.js'
import type { SecretFact } from '../auth-facts.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const shortest = 24
const setToken = 'Run: openclaw config set gateway.auth.token "$(openssl rand -hex 24)"'

const check: AuditCheck = ({ config, auth, exposed }) => {
  const { gateway = {} } = config
  const findings: AuditFinding[] = []
  const serves = gateway.tailscale?.mode === 'serve'
  if (!auth.protects) {
    const detail = `Who reaches the port is the operator (auth mode ${auth.mode}, nothing to show).`
    if (exposed)
      findings.push(finding('gateway.bind_no_auth', 'critical', 'Open to the network without auth', detail, setToken))
    else if ((gateway.controlUi?.enabled ?? true) && !serves) {
      findings.push(
        finding(
          'gateway.loopback_no_auth',
          'critical',
          'Every program of this machine is the operator',
          detail,
          setToken,
        ),
      )
    }
    const severity = exposed ? 'critical' : 'warn'
    findings.push(finding('gateway.http.no_auth', severity, 'The HTTP API asks for nothing', detail, setToken))
  }
  for (const kind of ['token', 'password'] as const) findings.push(...judge(kind, auth[kind]))
  if (exposed && auth.mode !== 'trusted-proxy' && gateway.auth?.rateLimit === undefined) {
    findings.push(
      finding(
        'gateway.auth_no_rate_limit',
        'warn',
        'Limits on wrong credentials are the defaults',
        'The port is on a network. The limiter is on with its defaults; say what you want of it.',
        'Set gateway.auth.rateLimit, e.g. {maxAttempts: 10, windowMs: 60000, lockoutMs: 300000}.',
      ),
    )
  }
  return findings
}

function judge(kind: 'token' | 'password', fact: SecretFact): AuditFinding[] {
  if (fact.kind !== 'text') return []
  const { value, where } = fact
  if (value.trim() === '' || isPlaceholder(value)) {
    const what = value.trim() === '' ? 'is blank' : 'is a placeholder from an example'
    return [
      finding(`gateway.${kind}_placeholder_value`, 'critical', `The ${kind} is none`, `${where} ${what}.`, setToken),
    ]
  }
  if (value.length >= shortest) return []
  const detail = `${where} has ${value.length} characters; ${shortest} or more cannot be guessed.`
  return [finding(`gateway.${kind}_too_short`, 'warn', `The ${kind} is short`, detail, setToken)]
}

export default check
