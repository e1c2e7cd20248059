import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const check: AuditCheck = ({ config: { hooks }, auth, exposed }) => {
  if (hooks?.enabled !== true) return []
  const findings: AuditFinding[] = []
  const { token = '', path = '/hooks' } = hooks
  const reused = [auth.token, auth.password].some(
    (fact) => fact.kind === 'text' && token !== '' && fact.value === token,
  )
  if (reused)
    findings.push(
      finding(
        'hooks.token_reuse_gateway_token',
        'critical',
        'Hooks share the secret of the gateway',
        'Who may call a hook is the operator.',
        'Give hooks.token a value of its own.',
      ),
    )
  if (path === '/')
    findings.push(
      finding('hooks.path_root', 'critical', 'Hooks take every path', 'hooks.path is "/".', 'Set it to /hooks.'),
    )
  if (token.length < 24)
    findings.push(
      finding(
        'hooks.token_too_short',
        exposed ? 'critical' : 'warn',
        'The token of hooks is short',
        `hooks.token has ${token.length} characters.`,
        'Use 24 or more.',
      ),
    )
  if (hooks.defaultSessionKey === undefined)
    findings.push(
      finding(
        'hooks.default_session_key_unset',
        'warn',
        'Hooks have no session of their own',
        'hooks.defaultSessionKey is not set.',
        'Set it, e.g. to hook:ingress.',
      ),
    )
  if (hooks.allowedAgentIds === undefined || hooks.allowedAgentIds.includes('*'))
    findings.push(
      finding(
        'hooks.allowed_agent_ids_unrestricted',
        exposed ? 'critical' : 'warn',
        'Hooks may wake every agent',
        'hooks.allowedAgentIds is not set, or holds *.',
        'List the agents; [] leaves only the default one.',
      ),
    )
  if (hooks.allowRequestSessionKey === true) {
    findings.push(
      finding(
        'hooks.request_session_key_enabled',
        exposed ? 'critical' : 'warn',
        'Callers of hooks choose the session',
        'hooks.allowRequestSessionKey is on.',
        'Turn it off, or limit it with hooks.allowedSessionKeyPrefixes.',
      ),
    )
    if ((hooks.allowedSessionKeyPrefixes ?? []).length === 0)
      findings.push(
        finding(
          'hooks.request_session_key_prefixes_missing',
          exposed ? 'critical' : 'warn',
          'Which sessions they may choose is not said',
          'hooks.allowedSessionKeyPrefixes is not set: they reach every session that begins with hook:.',
          'Set it to the prefixes that your callers need, e.g. ["hook:ingress"].',
        ),
      )
  }
  return findings
}

export default check
