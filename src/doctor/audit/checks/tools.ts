import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const many = 25
const fileTools = ['read', 'write', 'edit', 'apply_patch', 'group:fs']

const check: AuditCheck = ({ config, open }) => {
  const { tools = {}, agents = {} } = config
  const findings: AuditFinding[] = []
  const exposedToStrangers = open.direct.length + open.groups.length > 0
  const scopes = [
    ['tools', tools, agents.defaults?.sandbox],
    ...Object.entries(agents.entries ?? {}).map(
      ([id, one]) =>
        [`agents.entries.${id}.tools`, one?.tools ?? {}, one?.sandbox ?? agents.defaults?.sandbox] as const,
    ),
  ] as const
  for (const [path, scope, sandbox] of scopes) {
    for (const [channel, senders] of Object.entries(scope.elevated?.allowFrom ?? {})) {
      if (senders.includes('*')) {
        findings.push(
          finding(
            `tools.elevated.allowFrom.${channel}.wildcard`,
            'critical',
            'Everybody may leave the sandbox',
            `${path}.elevated.allowFrom.${channel} holds "*".`,
            'List the senders.',
          ),
        )
      } else if (senders.length > many) {
        findings.push(
          finding(
            `tools.elevated.allowFrom.${channel}.large`,
            'warn',
            'Many may leave the sandbox',
            `${path}.elevated.allowFrom.${channel} has ${senders.length} senders.`,
          ),
        )
      }
    }
    const { exec = {} } = scope
    const full = exec.mode === 'full' || (exec.mode === undefined && exec.security === 'full' && exec.ask === 'off')
    if (full) {
      findings.push(
        finding(
          'tools.exec.security_full_configured',
          exposedToStrangers ? 'critical' : 'warn',
          'Commands run without a question',
          `${path}.exec runs whatever a model writes${exposedToStrangers ? ', and strangers may write to it' : ''}.`,
          `Set ${path}.exec.mode to "ask" or "allowlist".`,
        ),
      )
    }
    if (exec.host === 'sandbox' && (sandbox?.mode ?? 'off') === 'off') {
      const id = path === 'tools' ? 'defaults' : 'agents'
      findings.push(
        finding(
          `tools.exec.host_sandbox_no_sandbox_${id}`,
          'warn',
          'Commands are meant for a sandbox that is off',
          `${path}.exec.host is sandbox and sandbox.mode is off: exec does not run.`,
          'Set sandbox.mode to "all" or "non-main".',
        ),
      )
    }
    const deny = scope.deny ?? []
    if (
      fileTools.some((name) => deny.includes(name)) &&
      !deny.includes('exec') &&
      !deny.includes('group:runtime') &&
      exec.mode !== 'deny'
    ) {
      findings.push(
        finding(
          'tools.exec.fs_tools_disabled_but_exec_enabled',
          'warn',
          'Files are denied, commands are not',
          `${path}.deny holds file tools, but exec can read and write all the same.`,
          `Add exec to ${path}.deny.`,
        ),
      )
    }
    const interpreters = (exec.safeBins ?? []).filter((name) =>
      /^(?:ba|z|da|k|c)?sh$|^(?:node|deno|bun|python[\d.]*|perl|ruby|php|awk|env|xargs|find|vi|vim)$/.test(name),
    )
    if (interpreters.length > 0) {
      findings.push(
        finding(
          'tools.exec.safe_bins_interpreter',
          'warn',
          'Programs that run anything count as safe',
          `${path}.exec.safeBins has: ${interpreters.join(', ')}.`,
          'Take them off; they run whatever they are given.',
        ),
      )
    }
    if (path !== 'tools' && tools.profile === 'minimal' && scope.profile !== undefined && scope.profile !== 'minimal') {
      findings.push(
        finding(
          'tools.profile_minimal_overridden',
          'warn',
          'An agent has more tools than the rest',
          `tools.profile is minimal, ${path}.profile is ${scope.profile}.`,
        ),
      )
    }
  }
  return findings
}

export default check
