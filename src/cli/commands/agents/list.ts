import { agentRows } from '../../agents/rows.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'agents.list.summary',
  options: { bindings: { kind: 'flag', text: 'agents.option.bindings' }, ...jsonOption },
  examples: [{ command: 'agents list' }, { command: 'agents list --bindings --json' }],
  async run(context, _args, { bindings }) {
    const { out, t } = context
    const { instance, config } = await localConfig(context)
    const rows = agentRows(instance, config)
    out.result(
      rows.map(({ bindings: rules, ...row }) => (bindings ? { ...row, bindings: rules } : row)),
      () => {
        const keys = ['id', 'name', 'model', 'workspace', ...(bindings ? (['bindings'] as const) : [])] as const
        const head = keys.map((key) => t(`agents.column.${key}`))
        const lines = rows.map((row) => [
          row.isDefault ? `${row.id} *` : row.id,
          [row.emoji, row.name].filter(Boolean).join(' '),
          row.model,
          row.workspace,
          ...(bindings ? [row.bindings.join(', ')] : []),
        ])
        return [...table(out, head, lines), '', t('agents.list.default')]
      },
    )
    return 0
  },
})
