import { jsonOption } from '../../../client-options.js'
import { defineCommand } from '../../../define.js'
import { localConfig } from '../../../local-config.js'
import { aliasesOf } from '../../../models/aliases.js'
import { columns } from '../../../text-width.js'

export default defineCommand({
  summary: 'models.aliases.list',
  options: { plain: { kind: 'flag', text: 'models.option.plain' }, ...jsonOption },
  examples: [{ command: 'models aliases list' }],
  async run(context, _args, { plain }) {
    const { config } = await localConfig(context)
    const aliases = aliasesOf(config)
    const rows = aliases.map(({ alias, model }) => [alias, model])
    const none = plain ? [] : [context.t('models.aliases.none')]
    context.out.result({ ok: true, aliases: Object.fromEntries(rows) }, () => {
      if (rows.length === 0) return none
      return plain ? rows.map((row) => row.join(' ')) : columns(rows)
    })
    return 0
  },
})
