import { loadConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import type { ConfigIssue, ValidConfig } from '../../../config/types.js'
import type { Instance } from '../../../instance/types.js'
import { jsonOption } from '../../client-options.js'
import { issueLine } from '../../config-issues.js'
import { defineCommand } from '../../define.js'

/** What is wrong with the file is the outcome here, not an error of the command: it goes to stdout, with exit code 1. */
export default defineCommand({
  summary: 'config.validate.summary',
  description: 'config.validate.description',
  options: jsonOption,
  examples: [{ command: 'config validate' }, { command: 'config validate --json' }],
  async run({ instance, out, t, hint }) {
    const { paths, ...rest } = await instance()
    const read = await loadConfig(configSource({ paths, ...rest }))
    const path = paths.config
    const programs = read.ok ? await programIssues(read, paths) : []
    const loaded = read.ok && programs.length > 0 ? { ...read, ok: false as const, issues: programs } : read
    const warnings = loaded.warnings.map((one) => `${out.style('!', 'yellow')} ${issueLine(one)}`)
    if (loaded.ok) {
      out.result({ ok: true, valid: true, path, exists: loaded.exists, warnings: loaded.warnings }, () => [
        loaded.exists ? t('config.validate.valid', { path }) : t('config.validate.missing', { path }),
        ...warnings,
      ])
      return 0
    }
    const { issues } = loaded
    const message = t('config.invalid', { path, count: issues.length })
    const error = { type: 'cli_error', code: 'config_invalid', message }
    out.result({ ok: false, error, valid: false, path, issues, warnings: loaded.warnings }, () => [
      message,
      ...issues.map((one) => `${out.style('×', 'red')} ${issueLine(one)}`),
      ...warnings,
      '',
      t('config.validate.next', { command: hint('config validate') }),
    ])
    return 1
  },
})

/** Programs of secrets that others could have changed make a config as wrong as a misspelt key. */
async function programIssues(
  { config }: ValidConfig,
  { home, config: file }: Instance['paths'],
): Promise<ConfigIssue[]> {
  if (config.secrets?.providers === undefined) return []
  const { commandIssues } = await import('../../../secrets/check-commands.js')
  return (await commandIssues(config, home)).map((issue) => ({ ...issue, file }))
}
