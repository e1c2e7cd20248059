import { Secret } from '../../../auth/secret.js'
import { hookLines, hookProblems } from '../../../automation/hooks/overview.js'
import type { Config } from '../../../config/types.js'
import { hookSettings } from '../../../live/hooks/settings.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'hooks.check.summary',
  description: 'hooks.check.description',
  options: { ...jsonOption },
  examples: [{ command: 'hooks check' }],
  async run(context) {
    const { out, t } = context
    const { instance, config, env } = await localConfig(context)
    const { state, home } = instance.paths
    const found = await hookProblems(config, { state, home, path: env.PATH ?? '' })
    const off = config.hooks?.enabled ? hookSettings(config.hooks, sharedSecrets(config)).problem : undefined
    const problems = off === undefined ? found : [off, ...found]
    const hooks = hookLines(config)
    const on = hooks.filter(({ enabled }) => enabled).length
    out.result({ ok: problems.length === 0, total: hooks.length, on, problems }, () => [
      ...problems.map((problem) => `✖ ${problem}`),
      t('hooks.check.counted', { total: hooks.length, on, problems: problems.length }),
    ])
    return problems.length === 0 ? 0 : 1
  },
})

/** The gateway's own secrets, as far as the config has them in plain text. */
function sharedSecrets({ gateway }: Config) {
  const secret = (value: unknown) => (typeof value === 'string' && value !== '' ? new Secret(value) : undefined)
  return { token: secret(gateway?.auth?.token), password: secret(gateway?.auth?.password) }
}
