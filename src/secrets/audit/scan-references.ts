import type { Config } from '../../../schemas/config/index.js'
import type { Clock } from '../../kernel/clock.js'
import type { StopSignal } from '../../kernel/stop.js'
import { collectReferences, strayReferences } from '../collect.js'
import { resolveAll } from '../resolve.js'
import { emptySnapshot, nextSnapshot } from '../snapshot.js'
import type { Environment, Reference } from '../types.js'
import { type AuditFinding, warn } from './types.js'

export interface ReferenceScan {
  readonly config: Config
  readonly env: Environment
  readonly home: string
  readonly file: string
  /** References of accounts, with the file in which they stand. */
  readonly accounts: readonly (Reference & { readonly file: string })[]
  /** Programs run only when asked for: they may want a person, or count their calls. */
  readonly allowExec: boolean
  readonly clock: Clock
  readonly signal: StopSignal
}

export interface ReferencesFound {
  readonly findings: readonly AuditFinding[]
  readonly refsChecked: number
  readonly skippedExecRefs: number
}

/** Reads every reference that something uses, and says which cannot be read. */
export async function scanReferences(scan: ReferenceScan): Promise<ReferencesFound> {
  const { config, env, home, file, accounts, allowExec, clock, signal } = scan
  const { active } = collectReferences(config, 'all')
  const all = [...active.map((one) => ({ ...one, file })), ...accounts]
  const asked = all.filter(({ ref }) => allowExec || ref.source !== 'exec')
  const refs = asked.map(({ ref }) => ref)
  const outcomes = await resolveAll(refs, config.secrets, { env, home, clock, signal })
  const { uses } = nextSnapshot(emptySnapshot, asked, outcomes, config.secrets, clock.now())
  const unresolved = uses.flatMap(({ path, failure }, index) => {
    const where = asked[index]?.file ?? file
    return failure ? [warn('REF_UNRESOLVED', where, path, failure.message)] : []
  })
  const stray = strayReferences(config).map((path) =>
    warn('REF_UNRESOLVED', file, path, 'No secret is read here: this part of the config takes no references.'),
  )
  return { findings: [...unresolved, ...stray], refsChecked: asked.length, skippedExecRefs: all.length - asked.length }
}
