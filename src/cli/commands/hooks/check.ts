import { Secret } from '../../../auth/secret.js'
import { hookLines, hookProblems } from '../../../automation/hooks/overview.js'
import { authFacts, type SecretFact } from '../../../doctor/audit/auth-facts.js'
import { hookSettings } from '../../../live/hooks/settings.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type LocalConfig, localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'hooks.check.summary',
  description: 'hooks.check.description',
  options: { ...jsonOption },
  examples: [{ command: 'hooks check' }],
  async run(context) {
    const { out, t } = context
    const local = await localConfig(context)
    const { instance, config, env } = local
    const { state, home } = instance.paths
    const found = await hookProblems(config, { state, home, env })
    const off = config.hooks?.enabled ? hookSettings(config.hooks, sharedSecrets(local)).problem : undefined
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

/** The gateway's own secrets, as far as files and the environment show them. */
function sharedSecrets({ config, env, instance }: LocalConfig) {
  const { token, password } = authFacts({ config, env }, instance.settings)
  const secret = (fact: SecretFact) => (fact.kind === 'text' ? new Secret(fact.value) : undefined)
  return { token: secret(token), password: secret(password) }
}
