import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const check: AuditCheck = ({ config, exposed }) => {
  const { controlUi = {} } = config.gateway ?? {}
  if (controlUi.enabled === false) return []
  const findings: AuditFinding[] = []
  const severity = exposed ? 'critical' : 'warn'
  const origins = controlUi.allowedOrigins ?? []
  const fallback = controlUi.dangerouslyAllowHostHeaderOriginFallback === true
  const list = 'List the origins of your pages in gateway.controlUi.allowedOrigins.'
  if (exposed && origins.length === 0 && !fallback) {
    findings.push(
      finding(
        'gateway.control_ui.allowed_origins_required',
        'critical',
        'The page is on the network without a list of origins',
        'Only localhost origins are accepted; the page cannot be used from elsewhere as it stands.',
        list,
      ),
    )
  }
  if (origins.includes('*')) {
    const detail = 'Any web page that a person opens may connect with what it knows.'
    findings.push(
      finding('gateway.control_ui.allowed_origins_wildcard', severity, 'Every origin may connect', detail, list),
    )
  }
  if (fallback) {
    findings.push(
      finding(
        'gateway.control_ui.host_header_origin_fallback',
        severity,
        'Origins are judged by the Host header',
        'A page whose name is made to point here (DNS rebinding) passes this test.',
        'Set gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback to false.',
      ),
    )
  }
  return findings
}

export default check
