import { agentRoster } from '../../../agents/select.js'
import { modelForAgent } from '../../../models/selection.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type LocalConfig, localConfig } from '../../local-config.js'
import type { Translate } from '../../messages.js'
import { accountsIn, type Usability, usabilityOf } from '../../models/usability.js'
import type { Output } from '../../output.js'
import { columns } from '../../text-width.js'
import { usageError } from '../../usage.js'

/** An account that ends sooner is worth a warning. */
const SOON_MS = 24 * 3_600_000

interface ModelRow extends Usability {
  readonly agent: string
  readonly model: string
  readonly role: 'primary' | 'fallback'
  /** `ending`: its account ends within a day. */
  readonly state: 'ready' | 'ending' | 'ended' | 'unusable'
}

/** Looks at the config, the accounts and the environment only; no provider is asked. */
export default defineCommand({
  summary: 'models.status.summary',
  description: 'models.status.description',
  options: {
    agent: { kind: 'text', value: 'id', text: 'models.option.agent' },
    check: { kind: 'flag', text: 'models.option.check' },
    plain: { kind: 'flag', text: 'models.option.plain' },
    probe: { kind: 'flag', text: 'option.unavailable', unavailable: true },
    ...jsonOption,
  },
  examples: [{ command: 'models status' }, { command: 'models status --agent main --json' }],
  async run(context, _args, { agent, check, plain }) {
    const { out, t, hint } = context
    const local = await localConfig(context)
    const roster = agentRoster(local.config)
    if (agent !== undefined && !roster.ids.includes(agent)) throw usageError(t('sandbox.unknownAgent', { agent }))
    const now = Date.now()
    const rows = (agent === undefined ? roster.ids : [agent]).flatMap((id) => rowsOf(local, id, now))
    const usable = rows.every(({ state }) => state === 'ready' || state === 'ending')
    const main = rows.find((row) => row.agent === (agent ?? roster.defaultId) && row.role === 'primary')
    out.result({ ok: usable, models: rows }, () => {
      if (plain) return main ? [main.model] : []
      return [
        ...columns(rows.map((row) => [row.agent, row.model, t(`models.role.${row.role}`), stateOf(row, out, t)])),
        ...(usable ? [] : ['', t('failure.try', { command: hint('models set <provider>/<model>') })]),
      ]
    })
    if (!check) return 0
    return usable ? (rows.some(({ state }) => state === 'ending') ? 2 : 0) : 1
  },
})

function stateOf({ state, problem, expiresAt }: ModelRow, out: Output, t: Translate): string {
  const at = new Date(expiresAt ?? 0).toISOString()
  switch (state) {
    case 'ready':
      return out.style(t('models.usable'), 'green')
    case 'ending':
      return out.style(t('models.ending', { at }), 'yellow')
    case 'ended':
      return out.style(t('models.ended', { at }), 'red')
    case 'unusable':
      return `${out.style(t('models.unusable'), 'red')}: ${problem}`
  }
}

function rowsOf(local: LocalConfig, agent: string, now: number): ModelRow[] {
  const profiles = accountsIn(local)(agent)
  const { primary, fallbacks } = modelForAgent(local.config, agent)
  const named = [
    { model: primary, role: 'primary' as const },
    ...fallbacks.map((model) => ({ model, role: 'fallback' as const })),
  ]
  return named.map(({ model, role }) => {
    const usability = usabilityOf(local, profiles, agent, model)
    return { agent, model, role, ...usability, state: stateAt(usability, now) }
  })
}

function stateAt({ usable, expiresAt = Number.POSITIVE_INFINITY }: Usability, now: number): ModelRow['state'] {
  if (!usable) return 'unusable'
  if (expiresAt <= now) return 'ended'
  return expiresAt - now < SOON_MS ? 'ending' : 'ready'
}
