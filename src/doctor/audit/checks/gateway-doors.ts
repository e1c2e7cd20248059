import { type AuditCheck, type AuditFinding, finding } from '../types.js'

/** Tools that HTTP callers cannot use unless they are taken off this list (spec/config.md section 2.1). */
const deniedByDefault: ReadonlySet<string> = new Set([
  'exec',
  'spawn',
  'shell',
  'fs_write',
  'fs_delete',
  'fs_move',
  'apply_patch',
  'sessions_spawn',
  'sessions_send',
  'cron',
  'gateway',
  'nodes',
])
/** Commands of nodes that see, hear, write to people or run programs. */
const dangerousCommand =
  /^(?:camera|screen|system\.run|system\.which|sms|contacts|calendar|reminders|photos|location|mic|fs)\b/

const check: AuditCheck = ({ config: { gateway = {}, discovery, browser }, auth, exposed }) => {
  const findings: AuditFinding[] = []
  const tailscale = gateway.tailscale?.mode
  if (tailscale === 'funnel') {
    findings.push(
      finding(
        'gateway.tailscale_funnel',
        'critical',
        'The gateway is on the public internet',
        'gateway.tailscale.mode is funnel: anybody can try the password.',
        'Use serve, which stays inside the tailnet.',
      ),
    )
  }
  if (tailscale === 'serve') {
    findings.push(
      finding(
        'gateway.tailscale_serve',
        'info',
        'The gateway is in the tailnet',
        'Who is in the tailnet reaches the gateway and is asked for its token or name.',
      ),
    )
  }
  const lifted = (gateway.tools?.allow ?? []).filter((name) => deniedByDefault.has(name))
  if (lifted.length > 0) {
    const severity = exposed || tailscale === 'funnel' ? 'critical' : 'warn'
    findings.push(
      finding(
        'gateway.tools_invoke_http.dangerous_allow',
        severity,
        'HTTP callers may use dangerous tools',
        `gateway.tools.allow lifts: ${lifted.join(', ')}.`,
        'Take them off gateway.tools.allow.',
      ),
    )
  }
  const { allow = [], deny = [] } = gateway.nodes?.commands ?? {}
  const dangerous = allow.filter((name) => dangerousCommand.test(name))
  if (dangerous.length > 0) {
    findings.push(
      finding(
        'gateway.nodes.allow_commands_dangerous',
        exposed ? 'critical' : 'warn',
        'Agents may use dangerous commands of nodes',
        `gateway.nodes.commands.allow has: ${dangerous.join(', ')}.`,
        'Allow them only while you need them.',
      ),
    )
  }
  const patterns = deny.filter((name) => /[*?[\]{}|]/.test(name))
  if (patterns.length > 0) {
    findings.push(
      finding(
        'gateway.nodes.deny_commands_ineffective',
        'warn',
        'Denied commands are patterns',
        `Names must be exact; these deny nothing: ${patterns.join(', ')}.`,
        'Write out each command.',
      ),
    )
  }
  const { chatCompletions, responses } = gateway.http?.endpoints ?? {}
  if (chatCompletions?.enabled || responses?.enabled) {
    findings.push(
      finding(
        'gateway.http.session_key_override_enabled',
        'info',
        'HTTP callers choose their session',
        'Who holds the token may name any session with x-openclaw-session-key.',
      ),
    )
  }
  if (discovery?.mdns?.mode === 'full') {
    findings.push(
      finding(
        'discovery.mdns_full_mode',
        exposed ? 'critical' : 'warn',
        'The network is told much',
        'discovery.mdns.mode is full: paths and SSH ports are announced.',
        'Set it to minimal or off.',
      ),
    )
  }
  if (browser?.enabled !== false && browser !== undefined && !auth.protects) {
    findings.push(
      finding(
        'browser.control_no_auth',
        'critical',
        'The browser can be driven by anybody',
        'The browser tool is on and the gateway asks for no secret.',
        'Set gateway.auth.token.',
      ),
    )
  }
  const addresses = [browser?.cdpUrl, ...Object.values(browser?.profiles ?? {}).map((one) => one?.cdpUrl)]
  for (const url of addresses.filter((one) => one !== undefined)) findings.push(...remoteBrowser(url))
  return findings
}

function remoteBrowser(url: string): AuditFinding[] {
  if (!URL.canParse(url)) return []
  const { protocol, hostname } = new URL(url)
  if (/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return []
  const isPrivate = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(hostname)
  const plain = protocol === 'http:' || protocol === 'ws:'
  return [
    ...(plain
      ? [
          finding(
            'browser.remote_cdp_http',
            'warn',
            'A remote browser is driven in plain text',
            `${hostname} is reached over ${protocol}//: who listens sees every page.`,
            'Use https or wss, or a tunnel.',
          ),
        ]
      : []),
    ...(isPrivate
      ? [
          finding(
            'browser.remote_cdp_private_host',
            'warn',
            'A remote browser sits in a private network',
            `${hostname} sees what is behind that network's walls.`,
          ),
        ]
      : []),
  ]
}

export default check
