import { type AuditCheck, type AuditFinding, finding } from '../types.js'

/** What gives a container the machine, or the secrets on it. */
const dangerous =
  /^(?:\/|\/etc|\/proc|\/sys|\/dev|\/boot|\/root|\/var\/run|\/run|\/home)\/?$|docker\.sock|\/\.ssh(?:\/|$)|\/\.aws(?:\/|$)|\/\.gnupg(?:\/|$)|\/\.openclaw/

const check: AuditCheck = ({ config: { agents = {} } }) => {
  const scopes = [
    ['agents.defaults', agents.defaults?.sandbox],
    ...Object.entries(agents.entries ?? {}).map(([id, one]) => [`agents.entries.${id}`, one?.sandbox] as const),
  ] as const
  return scopes.flatMap(([path, sandbox]): AuditFinding[] => {
    if (!sandbox) return []
    const { docker, browser } = sandbox
    const where = `${path}.sandbox.docker`
    const findings: AuditFinding[] = []
    const mode = sandbox.mode ?? agents.defaults?.sandbox?.mode ?? 'off'
    if (docker && mode === 'off') {
      findings.push(
        finding(
          'sandbox.docker_config_mode_off',
          'warn',
          'A sandbox is described and off',
          `${where} is set, but sandbox.mode is off: nothing runs inside.`,
          `Set ${path}.sandbox.mode to "all" or "non-main".`,
        ),
      )
    }
    for (const bind of docker?.binds ?? []) {
      const source = bind.split(':')[0] ?? ''
      if (!source.startsWith('/'))
        findings.push(
          finding(
            'sandbox.bind_mount_non_absolute',
            'warn',
            'A mount is not absolute',
            `${where}.binds has "${bind}".`,
          ),
        )
      else if (dangerous.test(source)) {
        findings.push(
          finding(
            'sandbox.dangerous_bind_mount',
            'critical',
            'The sandbox sees the machine',
            `${where}.binds mounts ${source}.`,
            'Mount only the folders that the work needs.',
          ),
        )
      }
    }
    if (/^(?:host|container:.*)$/.test(docker?.network ?? '')) {
      findings.push(
        finding(
          'sandbox.dangerous_network_mode',
          'critical',
          'The sandbox shares a network',
          `${where}.network is ${docker?.network}.`,
          'Use none or bridge.',
        ),
      )
    }
    if (docker?.seccompProfile === 'unconfined') {
      findings.push(
        finding(
          'sandbox.dangerous_seccomp_profile',
          'critical',
          'The sandbox may make every system call',
          `${where}.seccompProfile is unconfined.`,
          'Remove it.',
        ),
      )
    }
    if (docker?.apparmorProfile === 'unconfined') {
      findings.push(
        finding(
          'sandbox.dangerous_apparmor_profile',
          'critical',
          'AppArmor is off in the sandbox',
          `${where}.apparmorProfile is unconfined.`,
          'Remove it.',
        ),
      )
    }
    if (browser?.enabled && browser.network === 'host') {
      findings.push(
        finding(
          'sandbox.browser_cdp_bridge_unrestricted',
          'warn',
          "The sandbox's browser can be driven from outside",
          `${path}.sandbox.browser.network is host.`,
          'Use a network of its own.',
        ),
      )
    }
    return findings
  })
}

export default check
