import { join } from 'node:path'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { Instance } from '../instance/types.js'
import { codeRoot } from '../kernel/code-root.js'
import { loadDir } from '../kernel/load-dir.js'
import type { DoctorCheck, DoctorContext, DoctorFinding } from './types.js'
import { within } from './within.js'

const notJudged: DoctorFinding = { severity: 'info', message: 'Not judged: the config is not valid.' }
const folder = join(codeRoot, 'src', 'doctor', 'checks')
/** Of one check. */
const limitMs = 3_000

export interface Examined {
  readonly id: string
  readonly title: string
  readonly findings: readonly DoctorFinding[]
}

export interface ExamineOptions {
  readonly deep: boolean
  readonly now: number
  readonly refusal: DoctorContext['refusal']
}

/** Runs every check side by side, each within its limit. A check that breaks is a finding, not the end. */
export async function examine(instance: Instance, { deep, now, refusal }: ExamineOptions): Promise<Examined[]> {
  const checks = [...(await loadDir<DoctorCheck>(folder))].filter(([, check]) => deep || !check.deep)
  const loaded = await loadConfig(configSource(instance))
  const context = { instance, loaded, config: loaded.ok ? loaded.config : {}, now, refusal }
  return Promise.all(
    checks.map(async ([id, check]) => {
      if (check.needsConfig && loaded.exists && !loaded.ok) return { id, title: check.title, findings: [notJudged] }
      const broken = (message: string): DoctorFinding[] => [{ severity: 'warning', message }]
      const findings = await within(check.deep ? 10 * limitMs : limitMs, async () => check.run(context), broken)
      return { id, title: check.title, findings }
    }),
  )
}
