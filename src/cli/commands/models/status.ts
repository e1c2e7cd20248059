import { agentRoster } from '../../../agents/select.js'
import { loadConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import type { ValidConfig } from '../../../config/types.js'
import { GatewayError } from '../../../kernel/errors.js'
import { resolveModel } from '../../../models/catalog.js'
import { modelForAgent } from '../../../models/selection.js'
import { jsonOption } from '../../client-options.js'
import { configInvalid } from '../../config-issues.js'
import { defineCommand } from '../../define.js'
import type { Translate } from '../../messages.js'
import type { Output } from '../../output.js'
import { columns } from '../../text-width.js'

interface ModelRow {
  readonly agent: string
  readonly model: string
  readonly role: 'primary' | 'fallback'
  readonly usable: boolean
  /** Why it cannot be used. */
  readonly problem: string | undefined
}

/** Looks at the config and the environment only; no provider is asked. */
export default defineCommand({
  summary: 'models.status.summary',
  description: 'models.status.description',
  options: { check: { kind: 'flag', text: 'models.option.check' }, ...jsonOption },
  examples: [{ command: 'models status' }, { command: 'models status --json' }],
  async run({ instance, out, t, hint }, _args, { check }) {
    const who = await instance()
    const loaded = await loadConfig(configSource(who))
    if (!loaded.ok) throw configInvalid(who.paths.config, loaded.issues, t)
    const rows = agentRoster(loaded.config).ids.flatMap((agent) => rowsOf(loaded, agent))
    const usable = rows.every((row) => row.usable)
    out.result({ ok: usable, models: rows }, () => [
      ...columns(rows.map((row) => [row.agent, row.model, t(`models.role.${row.role}`), stateOf(row, out, t)])),
      ...(usable ? [] : ['', t('failure.try', { command: hint('models set <provider>/<model>') })]),
    ])
    return check && !usable ? 1 : 0
  },
})

function stateOf({ role, usable, problem }: ModelRow, out: Output, t: Translate): string {
  if (!usable) return `${out.style(t('models.unusable'), 'red')}: ${problem}`
  return role === 'primary' ? out.style(t('models.usable'), 'green') : t('models.unusedFallback')
}

function rowsOf({ config, env }: ValidConfig, agent: string): ModelRow[] {
  const { primary, fallbacks } = modelForAgent(config, agent)
  const named = [
    { model: primary, role: 'primary' as const },
    ...fallbacks.map((model) => ({ model, role: 'fallback' as const })),
  ]
  return named.map(({ model, role }) => {
    const problem = problemOf(config, env, model)
    return { agent, model, role, usable: problem === undefined, problem }
  })
}

function problemOf(config: ValidConfig['config'], env: ValidConfig['env'], model: string): string | undefined {
  try {
    resolveModel(config, model, env)
    return undefined
  } catch (error) {
    if (error instanceof GatewayError) return error.message
    throw error
  }
}
