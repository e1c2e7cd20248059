import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadConfig, readConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Config, ValidConfig } from '../../config/types.js'
import { invalidConfig } from '../../config/watch.js'
import type { Instance } from '../../instance/types.js'
import { systemClock } from '../../kernel/clock.js'
import { expandHome } from '../../kernel/expand-home.js'
import type { StopSignal } from '../../kernel/stop.js'
import { collectReferences } from '../collect.js'
import { resolveAll } from '../resolve.js'
import type { Reference } from '../types.js'
import { scanConfig } from './scan-config.js'
import { scanAccounts, scanBackups, scanDotenv, scanModelLists } from './scan-files.js'
import { scanReferences } from './scan-references.js'
import { type AuditFinding, warn } from './types.js'

export interface AuditReport {
  readonly version: 1
  readonly status: 'clean' | 'findings' | 'unresolved'
  readonly resolution: {
    readonly refsChecked: number
    readonly skippedExecRefs: number
    readonly resolvabilityComplete: boolean
  }
  readonly filesScanned: readonly string[]
  readonly summary: {
    readonly plaintextCount: number
    readonly unresolvedRefCount: number
    readonly shadowedRefCount: number
    readonly storeResidueCount: number
    readonly legacyResidueCount: number
  }
  readonly findings: readonly AuditFinding[]
}

export interface AuditOptions {
  readonly allowExec: boolean
  /** Variables that hold credentials of providers. */
  readonly credentialNames: ReadonlySet<string>
  readonly signal: StopSignal
}

/**
 * Looks for secrets that stand in files as text, and for references that cannot be read. Reads only.
 * @throws GatewayError `config_invalid`
 */
export async function auditSecrets(instance: Instance, options: AuditOptions): Promise<AuditReport> {
  const { paths } = instance
  const source = configSource(instance)
  const [read, loaded] = await Promise.all([readConfig(source), loadConfig(source)])
  if (!loaded.ok || !read.ok) throw invalidConfig(loaded.ok ? [] : loaded.issues)
  const dirs = await agentDirs(instance, loaded.config)
  const accounts = await scanAccounts(dirs)
  const references = await scanReferences({
    ...{ config: loaded.config, env: loaded.env, home: paths.home, file: paths.config },
    ...{ accounts: accounts.references, allowExec: options.allowExec, clock: systemClock, signal: options.signal },
  })
  const scans = [
    scanConfig(read, paths.config),
    accounts,
    await scanDotenv(paths.state, paths.config, options.credentialNames),
    await scanModelLists(dirs),
    await scanBackups(paths.config, await keptElsewhere(instance, loaded, options.signal)),
  ]
  const shadowed = shadowedBy(accounts.providers, loaded.config, paths.config)
  const findings = [...scans.flatMap((scan) => scan.findings), ...shadowed, ...references.findings]
  const files = [...new Set(scans.flatMap((scan) => scan.files))]
  return reportOf(findings, files, references)
}

/** Every folder that holds the files of an agent, whether the config still names the agent or not. */
export async function agentDirs({ paths }: Instance, config: Config): Promise<string[]> {
  const base = join(paths.state, 'agents')
  const names = await readdir(base).catch(() => [])
  const own = Object.values(config.agents?.entries ?? {}).flatMap((agent) =>
    agent?.agentDir === undefined ? [] : [resolve(paths.state, expandHome(agent.agentDir, paths.home))],
  )
  return [...new Set([...names.map((name) => join(base, name, 'agent')), ...own])]
}

/** An account of an agent is used before the key of the config, reference or not. */
function shadowedBy(providers: ReadonlyMap<string, string>, config: Config, file: string): AuditFinding[] {
  return collectReferences(config, 'all').active.flatMap(({ path, owner }) => {
    const provider = /\.(?:apiKey|token)$/.test(path) ? owner.replace(/^provider:/, '') : ''
    const account = owner.startsWith('provider:') ? providers.get(provider) : undefined
    if (account === undefined) return []
    const message = `An account in ${account} is used in place of this reference. Remove one of them.`
    return [warn('REF_SHADOWED', file, path, message, provider)]
  })
}

/** Values that are referred to: copies of the config should not hold them. Of programs nothing is asked for this. */
async function keptElsewhere({ paths }: Instance, { config, env }: ValidConfig, signal: StopSignal): Promise<string[]> {
  const authored = collectReferences(config, 'all').active.filter(({ ref }: Reference) => ref.source !== 'exec')
  const refs = authored.map(({ ref }) => ref)
  const found = await resolveAll(refs, config.secrets, { env, home: paths.home, clock: systemClock, signal })
  return [...found.values()].flatMap((outcome) =>
    outcome.ok && typeof outcome.value === 'string' ? [outcome.value] : [],
  )
}

function reportOf(
  findings: readonly AuditFinding[],
  filesScanned: readonly string[],
  { refsChecked, skippedExecRefs }: { readonly refsChecked: number; readonly skippedExecRefs: number },
): AuditReport {
  const count = (...codes: readonly AuditFinding['code'][]) =>
    findings.filter(({ code }) => codes.includes(code)).length
  const unresolvedRefCount = count('REF_UNRESOLVED')
  return {
    version: 1,
    status: unresolvedRefCount > 0 ? 'unresolved' : findings.length > 0 ? 'findings' : 'clean',
    resolution: { refsChecked, skippedExecRefs, resolvabilityComplete: skippedExecRefs === 0 },
    filesScanned,
    summary: {
      plaintextCount: count('PLAINTEXT_FOUND'),
      unresolvedRefCount,
      shadowedRefCount: count('REF_SHADOWED'),
      storeResidueCount: count('STORE_PLAINTEXT_RESIDUE'),
      legacyResidueCount: count('LEGACY_RESIDUE'),
    },
    findings,
  }
}
