import { join } from 'node:path'
import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Config } from '../../config/types.js'
import { invalidConfig } from '../../config/watch.js'
import type { Instance } from '../../instance/types.js'
import { codeRoot } from '../../kernel/code-root.js'
import { loadDir } from '../../kernel/load-dir.js'
import { collectReferences } from '../../secrets/collect.js'
import { within } from '../within.js'
import { authFacts } from './auth-facts.js'
import { openPolicies } from './open-policies.js'
import { type AuditCheck, type AuditFinding, finding, type Severity } from './types.js'

const folder = join(codeRoot, 'src', 'doctor', 'audit', 'checks')
const limitMs = 5_000
const order: readonly Severity[] = ['critical', 'warn', 'info']

export interface AuditReport {
  readonly ts: number
  readonly summary: Readonly<Record<Severity, number>>
  readonly findings: readonly AuditFinding[]
  readonly suppressedFindings?: readonly AuditFinding[]
  /** What could not be judged because it is kept elsewhere. */
  readonly secretDiagnostics: readonly string[]
}

/**
 * Looks at a profile for what makes it easy to take over (spec/config.md section 9). Reads files only.
 * @throws GatewayError `config_invalid`
 */
export async function auditSecurity(
  instance: Instance,
  { now, more = [] }: { readonly now: number; readonly more?: readonly AuditFinding[] },
): Promise<AuditReport> {
  const loaded = await loadConfig(configSource(instance))
  if (!loaded.ok) throw invalidConfig(loaded.issues)
  const { config } = loaded
  const exposed = (config.gateway?.bind ?? 'loopback') !== 'loopback'
  const auth = authFacts(loaded, instance.settings)
  const context = { instance, loaded, config, auth, exposed, open: openPolicies(config) }
  const checks = [...(await loadDir<AuditCheck>(folder))]
  const found = await Promise.all(
    checks.map(([id, check]) => {
      const broken = (message: string) => [finding(`audit.${id}`, 'warn', 'A check could not be made', message)]
      return within(limitMs, async () => check(context), broken)
    }),
  )
  return reportOf(config, [...found.flat(), ...more], now)
}

function reportOf(config: Config, all: readonly AuditFinding[], ts: number): AuditReport {
  const suppressed = all.filter((one) => isSuppressed(config, one))
  const left = all.filter((one) => !suppressed.includes(one))
  if (suppressed.length > 0) left.push(suppressionNote(suppressed.length))
  const findings = left.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length
  const references = collectReferences(config, 'all').active.filter(({ ref }) => ref.source !== 'env')
  return {
    ts,
    summary: { critical: count('critical'), warn: count('warn'), info: count('info') },
    findings,
    ...(suppressed.length > 0 && { suppressedFindings: suppressed }),
    secretDiagnostics: references.map(
      ({ path, ref }) => `${path}: kept by the provider "${ref.provider}"; not read here.`,
    ),
  }
}

function isSuppressed({ security }: Config, { checkId, title, detail }: AuditFinding): boolean {
  return (security?.audit?.suppressions ?? []).some(
    (one) =>
      one.checkId === checkId &&
      (one.titleIncludes === undefined || title.includes(one.titleIncludes)) &&
      (one.detailIncludes === undefined || detail.includes(one.detailIncludes)),
  )
}

/** Not itself suppressible: whoever reads a report must know that it is not whole. */
const suppressionNote = (count: number) =>
  finding(
    'security.audit.suppressions.active',
    'info',
    'Findings are suppressed',
    `${count} findings are accepted by security.audit.suppressions and not counted.`,
  )
