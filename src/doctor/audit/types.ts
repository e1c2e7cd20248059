import type { ValidConfig } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import type { AuthFacts } from './auth-facts.js'

export type Severity = 'critical' | 'warn' | 'info'

/** Something that weakens a gateway (spec/config.md section 9). Never a secret. */
export interface AuditFinding {
  /** Stable; suppressions name it. */
  readonly checkId: string
  readonly severity: Severity
  readonly title: string
  readonly detail: string
  /** What to do. */
  readonly remediation?: string
}

/** What the checks look at. Reading only; nothing is started. */
export interface AuditContext {
  readonly instance: Instance
  readonly loaded: ValidConfig
  readonly config: ValidConfig['config']
  readonly auth: AuthFacts
  /** True when the config binds to more than loopback. What a container adds is not known here. */
  readonly exposed: boolean
  /** True when channels let strangers in, directly or in groups. */
  readonly open: { readonly direct: readonly string[]; readonly groups: readonly string[] }
}

/** One subject; its file is found under src/doctor/audit/checks. */
export type AuditCheck = (context: AuditContext) => readonly AuditFinding[] | Promise<readonly AuditFinding[]>

/** A finding in one line. */
export function finding(
  checkId: string,
  severity: Severity,
  title: string,
  detail: string,
  remediation?: string,
): AuditFinding {
  return { checkId, severity, title, detail, ...(remediation !== undefined && { remediation }) }
}
