import { hookLines, hookProblems } from '../../../automation/hooks/overview.js'
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
    const problems = await hookProblems(config, { state, home, path: env.PATH ?? '' })
    const hooks = hookLines(config)
    const on = hooks.filter(({ enabled }) => enabled).length
    out.result({ ok: problems.length === 0, total: hooks.length, on, problems }, () => [
      ...problems.map((problem) => `✖ ${problem}`),
      t('hooks.check.counted', { total: hooks.length, on, problems: problems.length }),
    ])
    return problems.length === 0 ? 0 : 1
  },
})
