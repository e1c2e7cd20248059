import { lastGoodPath } from '../../config/backups.js'
import { replaceConfig } from '../../config/edit.js'
import { loadConfig } from '../../config/load.js'
import { readText } from '../../config/read-text.js'
import { configSource } from '../../config/source.js'
import type { Instance } from '../../instance/types.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const check: DoctorCheck = {
  title: 'Config',
  async run({ instance, loaded }) {
    const { config } = instance.paths
    if (loaded.exists && loaded.ok)
      return loaded.warnings.map(({ path, message }) => ({ severity: 'info', message, path }))
    const fix = await lastGood(instance)
    if (!loaded.exists) {
      const message = 'There is no config yet.'
      if (!fix) return [{ severity: 'warning', message, path: config, next: 'setup' }]
      return [{ severity: 'error', message: 'The config is gone.', path: config, next: 'setup', fix }]
    }
    if (loaded.ok) return []
    return loaded.issues.map(({ path, message, line, column }, index): DoctorFinding => {
      const place = line === undefined ? config : `${config}:${line}:${column ?? 1}`
      return {
        severity: 'error',
        message: path ? `${path}: ${message}` : message,
        path: place,
        next: 'config validate',
        ...(index === 0 && fix && { fix }),
      }
    })
  },
}

/** The config that a gateway last ran with, when there is one and it still fits. What it replaces is kept as a backup. */
async function lastGood(instance: Instance): Promise<DoctorFinding['fix']> {
  const source = configSource(instance)
  const path = lastGoodPath(source.path)
  const kept = await readText(path)
  if (kept.kind !== 'text' || !(await loadConfig({ ...source, path })).ok) return undefined
  return {
    summary: `put back the config that the gateway last ran with (${path}); the present one stays as ${source.path}.bak`,
    apply: async () => {
      await replaceConfig(source, kept.text, { version: instance.version })
    },
  }
}

export default check
