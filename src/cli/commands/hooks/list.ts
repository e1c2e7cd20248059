import { hookLines } from '../../../automation/hooks/overview.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'hooks.list.summary',
  options: { ...jsonOption },
  examples: [{ command: 'hooks list' }],
  async run(context) {
    const { out, t } = context
    const { config } = await localConfig(context)
    const hooks = hookLines(config)
    out.result({ hooks }, () => {
      const head = (['status', 'name', 'description', 'source'] as const).map((name) => t(`hooks.head.${name}`))
      const rows = hooks.map(({ enabled, name, description, source }) => [
        t(enabled ? 'hooks.on' : 'hooks.off'),
        name,
        description,
        source,
      ])
      return table(out, head, rows)
    })
    return 0
  },
})
