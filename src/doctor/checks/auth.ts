import { selectAuth } from '../../auth/select-mode.js'
import { assumeReadable } from '../../secrets/read.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

/** Characters; what setup makes has 48. */
const shortToken = 24
const shortPassword = 12

const check: DoctorCheck = {
  title: 'Who may come in',
  needsConfig: true,
  run({ instance, loaded, config, refusal }) {
    // Settings that would be refused are told by the check of the start.
    if (!loaded.ok || refusal(loaded)?.code === 'auth_misconfigured') return []
    const source = {
      config,
      env: loaded.env,
      settings: instance.settings,
      bindAddresses: [],
      port: 0,
      secret: assumeReadable,
    }
    const { mode, token, password } = selectAuth(source)
    const bind = config.gateway?.bind ?? 'loopback'
    const findings: DoctorFinding[] = []
    const key = 'gateway.auth'
    if (mode === 'none') {
      const severity = bind === 'loopback' ? ('warning' as const) : ('error' as const)
      findings.push({ severity, message: 'Anybody who reaches the port is the operator.', path: `${key}.mode` })
    }
    if (mode === 'token' && token !== undefined && token.length < shortToken) {
      const message = `The token has only ${token.length} characters; ${shortToken} or more cannot be guessed.`
      findings.push({ severity: 'warning', message, path: `${key}.token` })
    }
    if (mode === 'password' && password !== undefined && password.length < shortPassword) {
      const message = `The password has only ${password.length} characters.`
      findings.push({ severity: 'warning', message, path: `${key}.password` })
    }
    return findings
  },
}

export default check
