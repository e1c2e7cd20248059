/** What an audit can find (spec/config.md section 5.8). */
export type AuditCode =
  | 'PLAINTEXT_FOUND'
  | 'PLACEHOLDER_VALUE'
  | 'REF_UNRESOLVED'
  | 'REF_SHADOWED'
  | 'STORE_PLAINTEXT_RESIDUE'
  | 'LEGACY_RESIDUE'

/** One finding; never a value. */
export interface AuditFinding {
  readonly code: AuditCode
  readonly severity: 'error' | 'warn'
  readonly file: string
  /** Where in the file: a config path, `profiles.<id>.key`, `$env.NAME`. */
  readonly jsonPath: string
  readonly message: string
  /** The model provider whose credential it is. */
  readonly provider?: string
}

/** What one part of the audit gives. */
export interface Scanned {
  readonly files: readonly string[]
  readonly findings: readonly AuditFinding[]
}

export const warn = (
  code: AuditCode,
  file: string,
  jsonPath: string,
  message: string,
  provider?: string,
): AuditFinding => ({
  code,
  severity: code === 'REF_UNRESOLVED' ? 'error' : 'warn',
  file,
  jsonPath,
  message,
  ...(provider !== undefined && { provider }),
})
