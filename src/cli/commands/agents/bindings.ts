import { bindingText } from '../../agents/bindings.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'agents.bindings.summary',
  options: { agent: { kind: 'text', value: 'id', text: 'agents.option.agent' }, ...jsonOption },
  examples: [{ command: 'agents bindings' }, { command: 'agents bindings --agent work' }],
  async run(context, _args, { agent }) {
    const { out, t } = context
    const { config } = await localConfig(context)
    const rules = (config.bindings ?? []).filter(({ agentId }) => agent === undefined || agentId === agent)
    out.result(rules, () => {
      if (rules.length === 0) return [t('agents.bindings.none')]
      const head = [t('agents.column.bindings'), t('agents.column.id')]
      return table(
        out,
        head,
        rules.map((rule) => [bindingText(rule), rule.agentId ?? '']),
      )
    })
    return 0
  },
})
